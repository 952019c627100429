//! Formats that are recognised and not read: each is named, with the export to make instead.

use crate::model::{Diagnostic, DiagnosticKind};

/// A format that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it is, with its article (`a SQLite database`).
    pub name: &'static str,
    /// What to do to get something that is read.
    pub instead: &'static str,
}

impl Refusal {
    /// The diagnostic for the file at `path`.
    pub fn diagnostic(&self, path: &str) -> Diagnostic {
        let message = format!("expected text evidence, found {}", self.name);
        Diagnostic::new(DiagnosticKind::NotRead, path, message).hint(self.instead)
    }
}

/// Word, Excel and PowerPoint files, told by their `[Content_Types].xml`.
pub(super) const OFFICE: Refusal = Refusal {
    name: "an Office document (a zip with `[Content_Types].xml`)",
    instead: "save sheets as CSV, and text as Markdown, HTML or plain text",
};

const EXCEL: Refusal = Refusal { name: "an Excel workbook (xlsx)", instead: "save each sheet as CSV" };
const WORD: Refusal = Refusal {
    name: "a Word document (docx)",
    instead: "save it as plain text, HTML or Markdown (`pandoc -t gfm FILE`)",
};
const SLIDES: Refusal = Refusal { name: "a PowerPoint document (pptx)", instead: "save its text as plain text" };
const OPEN_DOCUMENT: Refusal = Refusal {
    name: "an OpenDocument or EPUB file",
    instead: "save sheets as CSV, and text as Markdown, HTML or plain text",
};

const CAPTURE: &str = "export the packets as CSV, for example `tshark -r FILE -T fields -E header=y -E separator=, \
                       -e frame.time_epoch -e ip.src -e ip.dst -e _ws.col.info`";
const COLUMNS: &str = "not read yet: export as CSV, for example with `duckdb -csv`";
const PICTURE: &str = "give the numbers behind it (the panel's CSV or JSON), or the text";
const PACKED: &str = "unpack it, or pack it again as tar or zip";
const SQUEEZED: &str = "decompress it, or compress it again with gzip or zstd";
const HISTORY: &str = "export the history as text: `git log --format=fuller --date=iso-strict`";
const DUMP: &str = "give what an analysis of it says, with the time of the dump";
const LOGINS: &str = "print it with full times: `last -F -f FILE`, or `utmpdump FILE`";
const PROGRAM: &str = "give its log or its output instead";

/// First bytes, what they mean, what to do. No entry may fit a text.
const MAGICS: &[(&[u8], &str, &str)] = &[
    (
        b"SQLite format 3\0",
        "a SQLite database",
        "export the tables as CSV, for example `sqlite3 -header -csv FILE 'select * from t'`",
    ),
    (b"ElfFile\0", "a Windows event log (EVTX)", "export it as XML, for example `wevtutil qe FILE /lf:true /f:XML`"),
    (
        &[0x30, 0, 0, 0, b'L', b'f', b'L', b'e'],
        "an old Windows event log (EVT)",
        "export it as CSV from the event viewer",
    ),
    (b"LPKSHHRH", "a systemd journal file", "export it as JSON, for example `journalctl --file FILE -o json`"),
    (&[0xd4, 0xc3, 0xb2, 0xa1], "a packet capture (pcap)", CAPTURE),
    (&[0xa1, 0xb2, 0xc3, 0xd4], "a packet capture (pcap)", CAPTURE),
    (&[0x4d, 0x3c, 0xb2, 0xa1], "a packet capture (pcap)", CAPTURE),
    (&[0xa1, 0xb2, 0x3c, 0x4d], "a packet capture (pcap)", CAPTURE),
    (b"snoop\0\0\0", "a packet capture (snoop)", CAPTURE),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", PACKED),
    (b"Rar!\x1a\x07", "a RAR archive", PACKED),
    (b"MSCF\0\0\0\0", "a cabinet archive", PACKED),
    (b"!<arch>\n", "an ar archive or Debian package", PACKED),
    (&[0xed, 0xab, 0xee, 0xdb], "an RPM package", PACKED),
    (&[0x04, 0x22, 0x4d, 0x18], "an lz4 stream", SQUEEZED),
    (&[0xff, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y'], "a snappy stream", SQUEEZED),
    (&[0x1f, 0x9d], "a stream of the old Unix `compress`", SQUEEZED),
    (b"LZIP\x01", "an lzip stream", SQUEEZED),
    (b"%PDF-", "a PDF document", "save its text, for example `pdftotext -layout FILE`"),
    (&[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'], "a PNG image", PICTURE),
    (&[0xff, 0xd8, 0xff], "a JPEG image", PICTURE),
    (b"GIF87a", "a GIF image", PICTURE),
    (b"GIF89a", "a GIF image", PICTURE),
    (b"Obj\x01", "an Avro file", COLUMNS),
    (b"FEA1\0", "a Feather file of the first version", COLUMNS),
    (&[0x89, b'H', b'D', b'F', b'\r', b'\n', 0x1a, b'\n'], "an HDF5 file", COLUMNS),
    (&[b'I', b'I', 0x2a, 0], "a TIFF image", PICTURE),
    (&[b'M', b'M', 0, 0x2a], "a TIFF image", PICTURE),
    (&[0, 0, 1, 0, 1, 0], "an icon", PICTURE),
    (b"OggS\0", "a sound or film", PICTURE),
    (&[0x1a, 0x45, 0xdf, 0xa3], "a film (Matroska, WebM)", PICTURE),
    (b"bplist00", "a binary property list", "convert it, for example `plutil -convert json -o - FILE`"),
    (b"PACK\0\0\0\x02", "a git pack", HISTORY),
    (b"DIRC\0\0\0", "a git index", HISTORY),
    (b"\xfftOc\0\0\0", "an index of a git pack", HISTORY),
    (b"# v2 git bundle\n", "a git bundle", HISTORY),
    (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "an old Office document (xls, doc, msg)", OFFICE.instead),
    (b"\x7fELF", "an ELF program", PROGRAM),
    (&[0xca, 0xfe, 0xba, 0xbe], "a Java class or Mach-O program", PROGRAM),
    (&[0xcf, 0xfa, 0xed, 0xfe], "a Mach-O program", PROGRAM),
    (&[0xce, 0xfa, 0xed, 0xfe], "a Mach-O program", PROGRAM),
    (b"\0asm", "a WebAssembly module", PROGRAM),
    (b"JAVA PROFILE 1.0.", "a Java heap dump", DUMP),
    (b"FLR\0\0", "a Java flight recording", "print it, for example `jfr print --json FILE`"),
    (b"PAGEDU64\x0f", "a Windows memory dump", DUMP),
    (b"MDMP\x93\xa7", "a Windows minidump", DUMP),
    (b"PERFILE2", "a perf recording", "export it as text, for example `perf script -i FILE`"),
];

/// The format that a file or member starting with `head` is refused as, or `None`.
/// 64 bytes are enough; documents are named more exactly with 1,024.
pub fn refusal(head: &[u8]) -> Option<Refusal> {
    if head.starts_with(b"\x7fELF") && (head.get(16) == Some(&4) || head.get(17) == Some(&4)) {
        return Some(Refusal { name: "a core dump", instead: DUMP });
    }
    let by_magic = MAGICS.iter().find(|(magic, ..)| head.starts_with(magic));
    if let Some(&(_, name, instead)) = by_magic {
        return Some(Refusal { name, instead });
    }
    match head {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Some(Refusal { name: "a WebP image", instead: PICTURE })
        }
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => {
            Some(Refusal { name: "a packet capture (pcapng)", instead: CAPTURE })
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            Some(Refusal { name: "a film or photo (MP4, HEIC)", instead: PICTURE })
        }
        _ if is_login_record(head) => Some(Refusal { name: "a login record (utmp, wtmp, btmp)", instead: LOGINS }),
        [b'M', b'Z', rest @ ..] if rest.iter().take(62).filter(|&&byte| byte == 0).count() > 8 => {
            Some(Refusal { name: "a Windows program", instead: PROGRAM })
        }
        _ => document(head),
    }
}

/// Whether records of 384 bytes stand there as login programs write them: a small type, then a process
/// and the name of a terminal.
fn is_login_record(head: &[u8]) -> bool {
    const RECORD: usize = 384;
    let fits = |record: &[u8]| {
        let kind = matches!(record, [1..=9, 0, 0, 0, ..]);
        let name = record.get(8..40).unwrap_or_default();
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        let (written, rest) = name.split_at(end);
        kind && !written.is_empty() && written.iter().all(u8::is_ascii_graphic) && rest.iter().all(|byte| *byte == 0)
    };
    head.len() >= RECORD && head.chunks_exact(RECORD).take(2).all(fits)
}

/// Documents that are zips, told by the name of the first member.
fn document(head: &[u8]) -> Option<Refusal> {
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let length = usize::from(u16::from_le_bytes([*head.get(26)?, *head.get(27)?]));
    let names = head.get(30..)?;
    let first = names.get(..length).unwrap_or(names);
    if first == b"mimetype" && names.get(length..)?.starts_with(b"application/") {
        return Some(OPEN_DOCUMENT);
    }
    let office = first == b"[Content_Types].xml"
        || [b"_rels/.rels".as_slice(), b"docProps/", b"xl/work", b"word/document", b"ppt/pres"]
            .iter()
            .any(|start| first.starts_with(start));
    if !office {
        return None;
    }
    let holds = |part: &[u8]| names.windows(part.len()).any(|window| window == part);
    Some(match () {
        () if holds(b"xl/") => EXCEL,
        () if holds(b"word/") => WORD,
        () if holds(b"ppt/") => SLIDES,
        () => OFFICE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(head: &[u8]) -> &'static str {
        refusal(head).map_or("", |refusal| refusal.name)
    }

    fn zip_head(first: &str, after: &str) -> Vec<u8> {
        let mut head = b"PK\x03\x04".to_vec();
        head.resize(26, 0);
        head.extend([first.len() as u8, 0, 0, 0]);
        head.extend(first.bytes());
        head.extend(after.bytes());
        head
    }

    #[test]
    fn binary_formats_are_named_with_the_export_to_make() {
        assert_eq!(name(b"SQLite format 3\0..."), "a SQLite database");
        assert_eq!(name(b"LPKSHHRH\0\0"), "a systemd journal file");
        assert_eq!(name(b"RIFF\x10\0\0\0WEBPVP8 "), "a WebP image");
        assert_eq!(name(&[10, 13, 13, 10, 0, 0, 0, 28, 0x4d, 0x3c, 0x2b, 0x1a]), "a packet capture (pcapng)");
        assert_eq!(name(b"PACK\0\0\0\x02\0\0\x01\x02"), "a git pack");
        assert_eq!(name(b"JAVA PROFILE 1.0.2\0"), "a Java heap dump");
        assert_eq!(name(b"\0\0\0\x18ftypheic"), "a film or photo (MP4, HEIC)");
        assert_eq!(name(b"\x30\0\0\0LfLe\x01"), "an old Windows event log (EVT)");
        let mut core = b"\x7fELF\x02\x01\x01".to_vec();
        core.resize(16, 0);
        core.extend([4, 0]);
        assert_eq!(name(&core), "a core dump");
        core[16] = 2;
        assert_eq!(name(&core), "an ELF program");
        let found = refusal(b"%PDF-1.7").map(|refusal| refusal.diagnostic("a.pdf").to_string());
        assert_eq!(
            found.as_deref(),
            Some(
                "a.pdf: expected text evidence, found a PDF document; save its text, for example `pdftotext -layout FILE`"
            )
        );
    }

    #[test]
    fn login_records_are_told_by_their_layout() {
        let mut record = vec![7, 0, 0, 0, 0x39, 5, 0, 0];
        record.extend(b"pts/0");
        record.resize(384, 0);
        assert_eq!(name(&record.repeat(2)), "a login record (utmp, wtmp, btmp)");
        assert_eq!(name(&record[..200]), "");
        record[10] = 7;
        assert_eq!(name(&record), "");
    }

    #[test]
    fn documents_in_zips_are_told_from_plain_zips() {
        assert_eq!(name(&zip_head("[Content_Types].xml", "...xl/workbook.xml")), EXCEL.name);
        assert_eq!(name(&zip_head("[Content_Types].xml", "")), OFFICE.name);
        assert_eq!(name(&zip_head("word/document.xml", "")), WORD.name);
        assert_eq!(name(&zip_head("mimetype", "application/vnd.oasis.opendocument.text")), OPEN_DOCUMENT.name);
        assert_eq!(name(&zip_head("app/kv.log", "")), "");
        assert_eq!(name(&zip_head("word/list.txt", "")), "");
    }

    #[test]
    fn texts_are_never_refused() {
        let texts =
            ["MZ is the code of a country", "\n\r\r\nlate start", "PARTIAL outage", "Object moved", "BM list", ""];
        for text in texts {
            assert_eq!(refusal(text.as_bytes()), None, "{text:?}");
        }
    }
}
