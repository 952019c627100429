//! Files of the bundle: compressed by ending, packed into archives, in constant memory.
//!
//! `a.zip!b/c.log` is first written as the file `c.log` in a folder `a.zip!/b`; when all files are
//! there, each folder whose name ends in `!` is packed, innermost first, and removed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Timelike};

use crate::error::{Error, Result};

/// The folder a bundle is written into.
pub(super) struct Stage {
    root: PathBuf,
    /// Stamp of archive members, seconds since 1970.
    stamp_s: i64,
    /// Whether to take time for smaller files.
    small: bool,
}

/// One file being written.
pub(super) struct Out {
    path: PathBuf,
    encoder: Encoder,
}

enum Encoder {
    Plain(BufWriter<File>),
    Gz(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<File>>),
    Bz2(bzip2::write::BzEncoder<BufWriter<File>>),
    Xz(Box<lzma_rust2::XzWriter<BufWriter<File>>>),
}

impl Stage {
    /// Makes the folder.
    pub fn new(root: &Path, stamp_s: i64, small: bool) -> Result<Stage> {
        fs::create_dir_all(root).map_err(|source| Error::Write { path: root.to_path_buf(), source })?;
        Ok(Stage { root: root.to_path_buf(), stamp_s, small })
    }

    /// Begins a file; `path` as in [`super::Source::path`].
    pub fn create(&self, path: &str) -> Result<Out> {
        let place = self.root.join(path.replace('!', "!/"));
        let fail = |source| Error::Write { path: place.clone(), source };
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let file = BufWriter::with_capacity(1 << 16, File::create(&place).map_err(fail)?);
        let encoder = Encoder::new(file, path, self.small).map_err(fail)?;
        Ok(Out { path: place, encoder })
    }

    /// Writes a whole small file.
    pub fn put(&self, path: &str, text: &str) -> Result<()> {
        let mut out = self.create(path)?;
        out.write(text.as_bytes())?;
        out.finish()
    }

    /// Packs every archive.
    pub fn pack(&self) -> Result<()> {
        self.pack_inside(&self.root)
    }

    fn pack_inside(&self, folder: &Path) -> Result<()> {
        for child in children(folder)? {
            if !child.is_dir() {
                continue;
            }
            self.pack_inside(&child)?;
            let name = child.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some(archive) = name.strip_suffix('!') {
                self.pack_one(&child, &folder.join(archive))?;
            }
        }
        Ok(())
    }

    fn pack_one(&self, folder: &Path, archive: &Path) -> Result<()> {
        let fail = |source| Error::Write { path: archive.to_path_buf(), source };
        let name = archive.to_string_lossy().into_owned();
        let file = BufWriter::with_capacity(1 << 16, File::create(archive).map_err(fail)?);
        let members = files_below(folder)?;
        if name.ends_with(".zip") {
            self.zip(file, folder, &members).map_err(fail)?;
        } else {
            let mut encoder = Encoder::new(file, &name, self.small).map_err(fail)?;
            self.tar(&mut encoder, folder, &members).map_err(fail)?;
            encoder.finish().map_err(fail)?;
        }
        fs::remove_dir_all(folder).map_err(fail)
    }

    fn tar(&self, to: &mut Encoder, folder: &Path, members: &[PathBuf]) -> io::Result<()> {
        let mut tar = tar::Builder::new(to);
        for member in members {
            let mut file = File::open(member)?;
            let mut header = tar::Header::new_gnu();
            header.set_size(file.metadata()?.len());
            header.set_mode(0o644);
            header.set_mtime(self.stamp_s.max(0) as u64);
            tar.append_data(&mut header, member_name(folder, member), &mut file)?;
        }
        tar.finish()
    }

    fn zip(&self, to: BufWriter<File>, folder: &Path, members: &[PathBuf]) -> io::Result<()> {
        let mut zip = zip::ZipWriter::new(to);
        let options = zip::write::SimpleFileOptions::default().last_modified_time(zip_time(self.stamp_s));
        for member in members {
            let mut file = File::open(member)?;
            let large = file.metadata()?.len() > u64::from(u32::MAX) / 2;
            zip.start_file(member_name(folder, member), options.large_file(large)).map_err(io::Error::other)?;
            io::copy(&mut file, &mut zip)?;
        }
        zip.finish().map_err(io::Error::other)?.flush()
    }
}

impl Out {
    /// Writes some bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.encoder.write_all(bytes).map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// Ends the file.
    pub fn finish(self) -> Result<()> {
        self.encoder.finish().map_err(|source| Error::Write { path: self.path, source })
    }
}

impl Encoder {
    fn new(file: BufWriter<File>, path: &str, small: bool) -> io::Result<Encoder> {
        let level = |best, quick| if small { best } else { quick };
        let ending = path.rsplit('.').next().unwrap_or_default();
        Ok(match ending {
            "gz" | "tgz" => Encoder::Gz(flate2::GzBuilder::new().write(file, flate2::Compression::new(level(9, 2)))),
            "zst" => Encoder::Zstd(zstd::stream::write::Encoder::new(file, level(12, 1) as i32)?),
            "bz2" => Encoder::Bz2(bzip2::write::BzEncoder::new(file, bzip2::Compression::new(level(9, 1)))),
            "xz" => {
                let writer = lzma_rust2::XzWriter::new(file, lzma_rust2::XzOptions::with_preset(level(6, 0)));
                Encoder::Xz(Box::new(writer.map_err(io::Error::other)?))
            }
            _ => Encoder::Plain(file),
        })
    }

    fn finish(self) -> io::Result<()> {
        let mut file = match self {
            Encoder::Plain(file) => file,
            Encoder::Gz(encoder) => encoder.finish()?,
            Encoder::Zstd(encoder) => encoder.finish()?,
            Encoder::Bz2(encoder) => encoder.finish()?,
            Encoder::Xz(encoder) => encoder.finish().map_err(io::Error::other)?,
        };
        file.flush()
    }
}

impl Write for Encoder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Encoder::Plain(w) => w.write(bytes),
            Encoder::Gz(w) => w.write(bytes),
            Encoder::Zstd(w) => w.write(bytes),
            Encoder::Bz2(w) => w.write(bytes),
            Encoder::Xz(w) => w.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Entries of a folder by name: the order of the file system must not reach an archive.
fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    let fail = |source| Error::Open { path: folder.to_path_buf(), source };
    let entries = fs::read_dir(folder).map_err(fail)?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>().map_err(fail)?;
    paths.sort();
    Ok(paths)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for child in children(folder)? {
        if child.is_dir() {
            files.extend(files_below(&child)?);
        } else {
            files.push(child);
        }
    }
    Ok(files)
}

fn member_name(folder: &Path, member: &Path) -> String {
    let inside = member.strip_prefix(folder).unwrap_or(member);
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn zip_time(stamp_s: i64) -> zip::DateTime {
    let at = DateTime::from_timestamp(stamp_s, 0).unwrap_or_default();
    zip::DateTime::from_date_and_time(
        at.year().clamp(1980, 2107) as u16,
        at.month() as u8,
        at.day() as u8,
        at.hour() as u8,
        at.minute() as u8,
        at.second() as u8,
    )
    .unwrap_or_default()
}
