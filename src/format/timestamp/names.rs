//! Names of months and weekdays in languages other than English, as the C library, Java and browsers write
//! them (Unicode CLDR), and the words between a date and its time.
//!
//! German, French, Spanish, Portuguese, Italian, Dutch, Danish, Norwegian, Swedish, Polish and Russian.

use super::cursor::Cursor;

/// Names by month, in small letters.
const MONTHS: [&[&str]; 12] = [
    &[
        "januar",
        "jän",
        "janv",
        "janvier",
        "ene",
        "enero",
        "janeiro",
        "gen",
        "gennaio",
        "januari",
        "sty",
        "stycznia",
        "янв",
        "января",
    ],
    &[
        "februar",
        "févr",
        "fév",
        "février",
        "febrero",
        "fev",
        "fevereiro",
        "febbraio",
        "februari",
        "lut",
        "lutego",
        "фев",
        "февр",
        "февраля",
    ],
    &["mrz", "mär", "märz", "mars", "marzo", "março", "mrt", "maart", "marts", "marca", "мар", "марта"],
    &["avr", "avril", "abr", "abril", "aprile", "kwi", "kwietnia", "апр", "апреля"],
    &["mai", "mayo", "maio", "mag", "maggio", "mei", "maj", "maja", "мая", "май"],
    &["juni", "juin", "junio", "junho", "giu", "giugno", "cze", "czerwca", "июн", "июня"],
    &["juli", "juil", "juillet", "julio", "julho", "lug", "luglio", "lip", "lipca", "июл", "июля"],
    &["août", "aoû", "ago", "agosto", "augustus", "augusti", "sie", "sierpnia", "авг", "августа"],
    &["sept", "septembre", "septiembre", "set", "setembro", "settembre", "wrz", "września", "сен", "сент", "сентября"],
    &[
        "okt",
        "oktober",
        "octobre",
        "octubre",
        "out",
        "outubro",
        "ott",
        "ottobre",
        "paź",
        "października",
        "окт",
        "октября",
    ],
    &["novembre", "noviembre", "novembro", "lis", "listopada", "ноя", "нояб", "ноября"],
    &[
        "dez",
        "dezember",
        "déc",
        "décembre",
        "dic",
        "diciembre",
        "dezembro",
        "dicembre",
        "des",
        "desember",
        "gru",
        "grudnia",
        "дек",
        "декабря",
    ],
];

/// Weekdays in small letters; which day it is nobody asks.
const WEEKDAYS: &[&str] = &[
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "mié",
    "jue",
    "vie",
    "sáb",
    "dom",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "seg",
    "ter",
    "qua",
    "qui",
    "sex",
    "gio",
    "sab",
    "ma",
    "wo",
    "vr",
    "za",
    "zo",
    "man",
    "tir",
    "ons",
    "tor",
    "fre",
    "lør",
    "søn",
    "mån",
    "tis",
    "lör",
    "sön",
    "pon",
    "wto",
    "śro",
    "czw",
    "pią",
    "sob",
    "nie",
    "pn",
    "wt",
    "śr",
    "pt",
    "sb",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "вс",
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
];

/// Words that lead from a date to its time.
const LEADS: &[&str] =
    &["at", "à", "um", "a las", "às", "alle ore", "alle", "o", "om", "kl.", "klo", "klokken", "г.,", "г. в", "г.", "в"];

/// Month of a name in small or capital letters.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    let word = lower(word)?;
    MONTHS.iter().position(|names| names.contains(&word.as_str())).map(|i| i as u32 + 1)
}

/// Whether `word` is a weekday.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    lower(word).is_some_and(|word| WEEKDAYS.contains(&word.as_str()))
}

/// Longest name, bytes.
const LONGEST: usize = 24;

fn lower(word: &[u8]) -> Option<String> {
    let fits = (2..=LONGEST).contains(&word.len());
    fits.then(|| std::str::from_utf8(word).ok().map(str::to_lowercase)).flatten()
}

/// Whether `text`, which begins with no digit or English capital, could begin a stamp: a short word, and a
/// number behind it.
pub(crate) fn may_begin(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(LONGEST + 4)).unwrap_or(text);
    let Some((word, rest)) = head.split_once(' ') else { return false };
    let word = word.trim_end_matches([',', '.']);
    let number = rest.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit());
    let name = || month(word.as_bytes()).is_some() || super::date::month_of(word.as_bytes()).is_some();
    word.chars().all(char::is_alphabetic) && (is_weekday(word.as_bytes()) || (number && name()))
}

/// Steps over a word that leads to a time, and the blank behind it.
pub(super) fn lead(c: &mut Cursor<'_>) -> bool {
    LEADS.iter().any(|word| {
        let mut ahead = *c;
        let found = ahead.eat_str(word) && ahead.blanks() == 1;
        if found {
            *c = ahead;
        }
        found
    })
}

/// `2025年6月12日`, `2025년 6월 12일`, `6月 12`: year (none is written at times), month and day.
pub(super) fn with_signs(c: &mut Cursor<'_>) -> Option<(Option<u32>, u32, u32)> {
    let sign = |c: &mut Cursor<'_>, signs: [&str; 2]| signs.iter().any(|sign| c.eat_str(sign));
    let year = if c.digit_run() == 4 {
        let year = c.fixed(4)?;
        sign(c, ["年", "년"]).then_some(())?;
        c.blanks();
        Some(year)
    } else {
        None
    };
    let month = c.one_or_two()?;
    sign(c, ["月", "월"]).then_some(())?;
    c.blanks();
    let day = c.one_or_two()?;
    let ends = sign(c, ["日", "일"]);
    if year.is_some() && !ends {
        return None;
    }
    day_of_week(c);
    Some((year, month, day))
}

/// Steps over ` 木曜日`, `(木)`, ` 星期四`, ` 周四` or ` (목)` behind a date.
fn day_of_week(c: &mut Cursor<'_>) {
    let mut ahead = *c;
    ahead.blanks();
    let bracket = ahead.eat(b'(');
    let mut begin = ahead;
    while ahead.letter_len() > 1 {
        ahead.at += ahead.letter_len();
    }
    let named = (3..=9).contains(&(ahead.at - begin.at));
    let half = super::daytime::half_word(&mut begin).is_some();
    if named && !half && (!bracket || ahead.eat(b')')) {
        *c = ahead;
    }
}
