//! From blocks to records: one pass over the blocks, with what the document as a whole says.

use std::collections::BTreeSet;
use std::ops::Range;

use super::aftermath;
use super::block::{Block, BlockKind, Blocks};
use super::calendar::Calendar;
use super::causes;
use super::claims::{self, Quote};
use super::counts;
use super::cues;
use super::dependencies;
use super::elsewhere::{self, Part};
use super::events;
use super::heads;
use super::lengths;
use super::names::Names;
use super::permalinks;
use super::relations;
use super::sentences::{one_line, sentences};
use super::subjects::{Scope, enumerated};
use super::times::{self, Day, TimeFound};
use crate::format::{Document, Frame, FrameClass, Sink};
use crate::model::{Claim, Event, EventKind, Exemplar, Measure, RawTime, SeverityChange, SeverityWord};

/// Reads a write-up into `sink`; every block is accounted.
pub(super) fn read(document: &Document<'_>, blocks: &Blocks, sink: &mut dyn Sink) {
    let parts = elsewhere::parts(&blocks.blocks);
    let mut reader = Reader {
        document,
        names: Names::learn(&blocks.blocks),
        calendar: Calendar::of(blocks, &parts, document.modified_s),
        section: None,
        section_subjects: Vec::new(),
        last_clock: None,
        carry: 0,
        in_actions: false,
        in_cause: false,
        block_day: None,
        block_clock: 0,
        last_at: None,
        days_told: BTreeSet::new(),
        notes: BTreeSet::new(),
        pending: None,
        stamped_below: is_stamped_below(&blocks.blocks),
        said: None,
        in_history: false,
        gave: false,
    };
    if let Some((zone, index)) = reader.calendar.zone
        && let Some(block) = blocks.blocks.get(index)
    {
        reader.note(&zone.note(), block, sink);
    }
    if let Some((region, index)) = reader.calendar.region.clone()
        && let Some(block) = blocks.blocks.get(index)
    {
        reader.note(&region, block, sink);
    }
    reader.linked_zone(sink);
    for (index, block) in blocks.blocks.iter().enumerate() {
        let part = parts.get(index).copied().unwrap_or(Part::Story);
        reader.in_history = part == Part::History;
        reader.block(block, part == Part::Furniture || reader.calendar.bylines.contains(&index), sink);
    }
    if let Some(event) = reader.pending.take() {
        sink.event(event);
    }
}

/// State of one pass.
pub(super) struct Reader<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) names: Names,
    pub(super) calendar: Calendar,
    /// Day set by the heading or line above, with that heading's level.
    pub(super) section: Option<(Day, u8)>,
    /// Subjects when the section's heading is the name of a service.
    pub(super) section_subjects: Vec<String>,
    /// Last inherited clock of the running list or table.
    pub(super) last_clock: Option<i64>,
    /// Days past the section's day in the running list or table.
    pub(super) carry: i64,
    /// Whether the section lists actions.
    pub(super) in_actions: bool,
    /// Whether the next paragraph tells the cause: it stands right below such a heading.
    pub(super) in_cause: bool,
    /// Day written with an earlier time of the same block.
    pub(super) block_day: Option<Day>,
    /// The last time of day in the same block.
    pub(super) block_clock: i64,
    /// The last moment of the running paragraph or list, for "five minutes later".
    pub(super) last_at: Option<RawTime>,
    /// Days already told as incident dates.
    pub(super) days_told: BTreeSet<String>,
    /// Zone notes already given.
    pub(super) notes: BTreeSet<String>,
    /// A line that is only a time: what it stamps stands in the next block.
    pub(super) pending: Option<Event<RawTime>>,
    /// Whether such lines stand below what they stamp.
    pub(super) stamped_below: bool,
    /// Where they do: the first words since the last of them, and their place.
    pub(super) said: Option<(String, Exemplar)>,
    /// Whether the section lists what happened at other times.
    pub(super) in_history: bool,
    /// Whether the running block gave a record.
    pub(super) gave: bool,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block, byline: bool, sink: &mut dyn Sink) {
        self.gave = false;
        self.block_day = None;
        self.block_clock = 0;
        if !block.is_sequence() {
            self.last_at = None;
            self.last_clock = None;
            self.carry = 0;
        }
        if !byline {
            self.enter(block);
        }
        let apart =
            self.section.zip(self.calendar.incident).is_some_and(|((day, _), own)| elsewhere::is_long_before(day, own));
        self.in_history |= apart;
        match block.kind {
            _ if byline => {}
            BlockKind::Meta => self.meta(block, sink),
            BlockKind::Row => self.row(block, sink),
            _ => self.text(block, sink),
        }
        let (_, evidence) = self.place(block, 0..block.text.len());
        let frame = Frame { text: &evidence.text, span: evidence.span };
        sink.account(if self.gave { FrameClass::Record } else { FrameClass::Blank }, &frame);
    }

    /// Gives a claim of the incident; what is listed of other times is none.
    pub(super) fn tell(&mut self, claim: Claim<RawTime>, sink: &mut dyn Sink) {
        if !self.in_history {
            self.gave = true;
            sink.claim(claim);
        }
    }

    /// Notes the zone that links to chat messages give, when the text states none.
    fn linked_zone(&mut self, sink: &mut dyn Sink) {
        if self.calendar.zone.is_some() || self.calendar.region.is_some() {
            return;
        }
        let Some((zone, at)) = permalinks::zone(self.document.text) else { return };
        let rest = self.document.text.get(at..).unwrap_or("");
        let link = rest.split(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"')).next().unwrap_or("");
        sink.zone_note(&zone.note(), &self.document.frame(link));
    }

    /// Takes over what a heading or a line with only a date says of what follows.
    fn enter(&mut self, block: &Block) {
        let day = self.calendar.section_day(block);
        if let Some(label) = super::rows::label_of(block).filter(|_| block.kind == BlockKind::Row) {
            let value = block.cells.get(1).and_then(|r| block.text.get(r.clone())).unwrap_or("").trim();
            let names_it = super::words::SERVICE_COLUMNS.contains(&label.to_lowercase().trim_end_matches('s'));
            if names_it && !value.is_empty() && value.len() < 60 {
                self.section_subjects = super::heads::members(value);
            }
        }
        match block.kind {
            BlockKind::Heading(level) => {
                self.in_actions = aftermath::opens_actions(&block.text);
                self.in_cause = causes::opens_cause(&block.text);
                self.section_subjects = self.names.known(block.text.trim()).map(str::to_string).into_iter().collect();
                // A heading that is a time goes on with the day of the one before.
                let timed = events::begins_with_time(&block.text);
                if day.is_some() || (!timed && self.section.is_some_and(|(_, of)| level <= of)) {
                    self.section = day.map(|d| (d, level));
                }
            }
            _ => {
                if let Some(day) = day {
                    self.section = Some((day, self.section.map_or(6, |s| s.1)));
                    self.carry = 0;
                    self.last_clock = None;
                }
            }
        }
    }

    /// Source slice of a clean range, as (whole slice, exemplar).
    pub(super) fn place(&self, block: &Block, range: Range<usize>) -> (Range<usize>, Exemplar) {
        let source = block.source_range(range);
        let text = self.document.text;
        let mut start = source.start.min(text.len());
        let mut end = source.end.clamp(start, text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let span = self.document.span(start, end - start);
        (start..end, Exemplar::new(span, text.get(start..end).unwrap_or("")))
    }

    fn meta(&mut self, block: &Block, sink: &mut dyn Sink) {
        let (_, evidence) = self.place(block, 0..block.text.len());
        let quote = Quote { text: &block.text, evidence: &evidence };
        self.date_claim(&block.text, &quote, sink);
        if lengths::is_length_field(&block.text) {
            let scope = Scope {
                names: &self.names,
                head: Vec::new(),
                before: Vec::new(),
                topic: None,
                day: self.calendar.incident,
            };
            for claim in claims::title_lengths(&scope, &block.text, &quote) {
                self.tell(claim, sink);
            }
        }
    }

    pub(super) fn scope(&self, block: &Block) -> (Scope<'_>, usize) {
        let (head, body) = heads::subjects(block, &self.names);
        let topic = self.names.mentions(&block.text, &[]).into_iter().find(|m| m.known).map(|m| m.name);
        let field = block.kind == BlockKind::Row && super::rows::label_of(block).is_some();
        let head = if head.is_empty() && (block.kind != BlockKind::Row || field) {
            self.section_subjects.clone()
        } else {
            head
        };
        (Scope { names: &self.names, head, before: Vec::new(), topic, day: self.calendar.incident }, body)
    }

    /// Whether a block is the title of the document.
    fn is_title(&self, block: &Block) -> bool {
        let first = self.document.text.len() - self.document.text.trim_start().len() == block.source_range(0..1).start;
        block.kind == BlockKind::Heading(1) || (first && matches!(block.kind, BlockKind::Heading(_)))
    }

    /// Running text: sentence by sentence.
    fn text(&mut self, block: &Block, sink: &mut dyn Sink) {
        let (scope, body) = self.scope(block);
        let mut claims: Vec<Claim<RawTime>> = Vec::new();
        let mut timed: Vec<(Range<usize>, Exemplar)> = Vec::new();
        let mut before: Vec<String> = Vec::new();
        let month = self.calendar.incident.map(|d| d.month);
        let start = body.min(block.text.len());
        let mut parts = sentences(block.text.get(start..).unwrap_or(""));
        // "Duration. 42 minutes.": a bold label belongs to what it labels.
        if let [label, value, ..] = parts.as_mut_slice()
            && block.lead > 0
            && start == 0
            && label.end <= block.lead + 1
            && block.text.get(label.clone()).and_then(cues::find).is_none()
        {
            value.start = label.start;
            parts.remove(0);
        }
        for range in parts.into_iter().map(|r| r.start + start..r.end + start) {
            let sentence = block.text.get(range.clone()).unwrap_or("");
            let whole = if range.start == start { 0..range.end } else { range.clone() };
            let (_, evidence) = self.place(block, whole.clone());
            let quote = Quote { text: block.text.get(whole.clone()).unwrap_or(sentence), evidence: &evidence };
            let mut scope = Scope { before: before.clone(), ..scope.clone() };
            if self.is_title(block) {
                claims.extend(claims::title_lengths(&scope, sentence, &quote));
            }
            if !matches!(block.kind, BlockKind::Heading(_)) {
                let (mut found, subjects) = claims::read(&scope, sentence, &quote);
                // "09:41 errors gone, nearly three hours in all" is the length of what that entry ends.
                let entry = block.is_sequence() && events::begins_with_time(sentence);
                if entry && events::classify(sentence).1 != Some("resolved") && !claims::speaks_of_incident(sentence) {
                    found.retain(|claim| claim.measure != Measure::Duration || !claim.subjects.is_empty());
                }
                claims.extend(found);
                claims.extend(causes::causes(&scope, sentence, &quote, month));
                claims.extend(causes::factors(sentence, &quote));
                claims.extend(dependencies::dependencies(&scope, sentence, &quote));
                claims.extend(aftermath::remedies(sentence, &quote));
                claims.extend(aftermath::state(sentence, &quote));
                claims.extend(aftermath::spread(&scope, sentence, &quote));
                claims.extend(aftermath::order(&scope, sentence, &quote));
                claims.extend(counts::counts(sentence, &quote, scope.day));
                claims.extend(relations::severity_at_once(sentence, &quote));
                before = if subjects.is_empty() { before } else { subjects };
            }
            scope.before.clear();
            timed.push((whole, evidence));
        }
        drop(scope);
        claims.extend(self.shares(block));
        claims.extend(self.action(block));
        claims.extend(self.headed_cause(block, &timed, &claims));
        for claim in claims {
            self.tell(claim, sink);
        }
        self.stamped(block, &timed, sink);
        if self.stamped_below && self.said.is_none() {
            let told = timed.first().and_then(|(range, evidence)| Some((block.text.get(range.clone())?, evidence)));
            let told = told.filter(|(words, _)| times::clocks(words).is_empty() && times::dates(words).is_empty());
            self.said = told.map(|(_, evidence)| (block.text.clone(), evidence.clone()));
        }
        for (range, evidence) in timed {
            let text = block.text.get(range).unwrap_or("").to_string();
            self.date_claim(&text, &Quote { text: &text, evidence: &evidence }, sink);
            self.timed(block, &text, &evidence, sink);
        }
    }

    /// The cause that the first sentence below its heading tells, when none of the paragraph says so in other words.
    fn headed_cause(
        &mut self,
        block: &Block,
        sentences: &[(Range<usize>, Exemplar)],
        told: &[Claim<RawTime>],
    ) -> Option<Claim<RawTime>> {
        if !self.in_cause || matches!(block.kind, BlockKind::Heading(_)) {
            return None;
        }
        self.in_cause = false;
        let (range, evidence) = sentences.first()?;
        let text = block.text.get(range.clone())?;
        let own = told.iter().any(|c| c.measure == Measure::Cause);
        if own { None } else { causes::told_below(&Quote { text, evidence }) }
    }

    /// Shares of a block beside the counts they are of.
    fn shares(&self, block: &Block) -> Vec<Claim<RawTime>> {
        let claim = |(range, share): (Range<usize>, counts::ShareTold)| {
            let (_, evidence) = self.place(block, range.clone());
            let text = block.text.get(range).unwrap_or("");
            let mut claim = Quote { text, evidence: &evidence }.claim(Measure::Share, Vec::new());
            claim.value = Some(share.counted);
            claim.affirmed = share.fits;
            claim.object = Some(share.sum);
            claim
        };
        counts::shares(&block.text).into_iter().map(claim).collect()
    }

    /// The claim of a list item under a heading for actions.
    pub(super) fn action(&self, block: &Block) -> Option<Claim<RawTime>> {
        let listed = matches!(block.kind, BlockKind::Item | BlockKind::Row);
        if !self.in_actions || !listed || block.text.trim().is_empty() {
            return None;
        }
        let cell = |words: &[&str]| {
            let of = |h: &String| words.iter().any(|w| h.to_lowercase().contains(w));
            let column = block.headers.iter().position(of)?;
            let text = block.text.get(block.cells.get(column)?.clone())?.trim();
            (!text.is_empty()).then(|| text.to_string())
        };
        let due = times::dates(&block.text).first().and_then(|d| block.text.get(d.range.clone()).map(str::to_string));
        let (_, evidence) = self.place(block, 0..block.text.len());
        let quote = Quote { text: &block.text, evidence: &evidence };
        let due = due.or_else(|| cell(&["due", "deadline", "target"]));
        Some(aftermath::action(&block.text, due, cell(&["owner", "assignee", "responsible"]), &quote))
    }

    /// One claim for each day the document gives the incident.
    pub(super) fn date_claim(&mut self, sentence: &str, quote: &Quote<'_>, sink: &mut dyn Sink) {
        let Some(claim) = relations::incident_day(sentence, quote, &self.calendar) else { return };
        let object = claim.object.clone().unwrap_or_default();
        let incident = self.calendar.incident.and_then(|d| d.date(self.calendar.year)).map(|d| d.to_string());
        let dated = object.starts_with(|c: char| c.is_ascii_digit());
        let relative = |word: &String| matches!(word.as_str(), "yesterday" | "today");
        if relative(&object) && self.days_told.iter().any(relative) {
            return;
        }
        if (!dated || incident.as_deref() == Some(object.as_str())) && self.days_told.insert(object) {
            self.tell(claim, sink);
        }
    }

    /// Events of the timed clauses of a sentence.
    pub(super) fn timed(&mut self, block: &Block, sentence: &str, evidence: &Exemplar, sink: &mut dyn Sink) {
        let found = times::clocks(sentence);
        if found.is_empty() {
            self.later(sentence, evidence, sink);
        }
        let zone = found.iter().find_map(|t| t.zone);
        let pairs = events::pairs(found);
        let parts = events::clauses(sentence, &pairs);
        let mut severity: Option<SeverityWord> = None;
        for ((time, until), clause) in pairs.iter().zip(&parts) {
            // "We changed it at 21:00 the day before. Merchants called at 9:40": that night is over.
            let over = self.block_day.zip(self.calendar.incident).filter(|(told, _)| {
                !block.is_sequence() && time.clock_ns < self.block_clock && self.is_day_before(*told)
            });
            let near = over.map(|(_, incident)| incident).or(self.block_day).or(self.section.map(|s| s.0));
            self.block_clock = time.clock_ns;
            let (day, written) = self.calendar.day_for_range(sentence, (time, until.as_ref()), near);
            self.block_day = day.filter(|_| written).or(self.block_day);
            let at = self.stamp(block, time, day, written, time.zone.or(zone), sink);
            self.last_at = Some(at);
            let words = sentence.get(clause.clone()).unwrap_or(sentence);
            let title = events::title(sentence, clause, time, until.as_ref());
            let within = time.range.start.saturating_sub(clause.start);
            let mut event =
                self.event((words, within), title, at, sentence.get(time.range.clone()).unwrap_or(""), evidence);
            event.until = until.as_ref().map(|u| self.until(at, time, u));
            self.severity(&mut event, words, &mut severity, evidence, sink);
            if as_of(sentence, &pairs, time) {
                event.kind = EventKind::PublicUpdate;
                event.status = None;
            }
            let above = self.said.take().filter(|_| is_bare(sentence, time));
            let above = above.map(|(words, place)| (words, self.joined(&place, evidence)));
            let beside = || before_bare(&block.text, sentence, time).map(|words| (words.to_string(), evidence.clone()));
            if let Some((words, evidence)) = above.or_else(beside) {
                let first = sentences(&words).first().and_then(|r| words.get(r.clone()));
                let mut event =
                    self.event((&words, 0), one_line(first.unwrap_or(&words), 180), at, &event.raw_time, &evidence);
                event.text = one_line(&words, 2000);
                self.severity(&mut event, &words, &mut severity, &evidence, sink);
                self.gave = true;
                sink.event(event);
                continue;
            }
            if is_bare(sentence, time) {
                self.gave = true;
                if let Some(before) = self.pending.replace(event) {
                    sink.event(before);
                }
                continue;
            }
            let whole = one_line(&block.text, 2000);
            if whole != event.title {
                event.text = if block.kind == BlockKind::Item { whole } else { sentence.trim().to_string() };
            }
            self.gave = true;
            sink.event(event);
        }
    }

    /// Whether a day is the one before the incident's.
    fn is_day_before(&self, day: Day) -> bool {
        let year = self.calendar.year;
        let days = day.date(year).zip(self.calendar.incident.and_then(|d| d.date(year)));
        days.is_some_and(|(told, incident)| (incident - told).num_days() == 1)
    }

    /// The event of "five minutes later the first users called": counted from the moment before it.
    fn later(&mut self, sentence: &str, evidence: &Exemplar, sink: &mut dyn Sink) {
        let (Some(last), Some((range, seconds))) = (self.last_at, lengths::later(sentence)) else { return };
        let at = last.moved(seconds * 1_000_000_000);
        let raw = sentence.get(range.clone()).unwrap_or("").to_string();
        let title = sentence.get(range.end..).unwrap_or("").trim_start_matches([',', ' ']).trim_end_matches('.');
        let mut chars = title.chars();
        let title = chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default();
        let mut event = self.event((sentence, range.end), one_line(&title, 180), at, &raw, evidence);
        event.text = sentence.trim().to_string();
        self.last_at = Some(at);
        self.gave = true;
        sink.event(event);
    }

    /// Gives a pending time the words of this block, unless the block is a heading or dated itself.
    pub(super) fn stamped(&mut self, block: &Block, sentences: &[(Range<usize>, Exemplar)], sink: &mut dyn Sink) {
        let Some(bare) = self.pending.take() else { return };
        let first = sentences.first().and_then(|(range, evidence)| Some((block.text.get(range.clone())?, evidence)));
        let Some((words, evidence)) = first.filter(|(words, _)| times::clocks(words).is_empty()) else {
            return sink.event(bare);
        };
        if matches!(block.kind, BlockKind::Heading(_)) && block.text.trim().len() < 4 {
            return sink.event(bare);
        }
        // The record begins where its stamp stands.
        let evidence = &self.joined(&bare.evidence, evidence);
        let mut event = self.event((words, 0), one_line(words, 180), bare.at, &bare.raw_time, evidence);
        event.until = bare.until;
        event.text = one_line(&block.text, 2000);
        self.severity(&mut event, words, &mut None, evidence, sink);
        self.gave = true;
        sink.event(event);
    }

    /// The text from the beginning of `first` to the end of `last`.
    fn joined(&self, first: &Exemplar, last: &Exemplar) -> Exemplar {
        let start = first.span.offset as usize;
        let end = (last.span.offset + u64::from(last.span.len)) as usize;
        match self.document.text.get(start..end) {
            Some(text) => Exemplar::new(self.document.span(start, text.len()), text),
            None => last.clone(),
        }
    }

    /// The event of a clause.
    pub(super) fn event(
        &self,
        (clause, within): (&str, usize),
        title: String,
        at: RawTime,
        raw: &str,
        evidence: &Exemplar,
    ) -> Event<RawTime> {
        let (kind, status) = events::classify_at(clause, within);
        let title = if title.is_empty() { one_line(clause, 180) } else { title };
        let mut event = Event::new(kind, at, raw.trim(), title, evidence.clone());
        event.status = status.map(str::to_string);
        let mentions = self.names.mentions(clause, &[]);
        for (i, mention) in mentions.iter().enumerate() {
            let listed = i
                .checked_sub(1)
                .and_then(|p| mentions.get(p))
                .is_some_and(|p| p.known && enumerated(clause, p, mention));
            let named = mention.known || (listed && mention.name.contains(' '));
            if named && !event.services.contains(&mention.name) {
                event.services.push(mention.name.clone());
            }
        }
        event
    }

    /// Makes the event a severity step when its clause tells one, and claims it.
    pub(super) fn severity(
        &mut self,
        event: &mut Event<RawTime>,
        clause: &str,
        last: &mut Option<SeverityWord>,
        evidence: &Exemplar,
        sink: &mut dyn Sink,
    ) {
        let Some((from, to)) = relations::severity_step(clause) else { return };
        let mut claim = Claim::new(Measure::Severity, Vec::new(), clause.trim(), evidence.clone());
        claim.object = Some(to.word.clone());
        claim.at = Some(event.at);
        self.tell(claim, sink);
        event.kind = EventKind::SeverityChange;
        event.status = None;
        event.severity = Some(SeverityChange { from: from.or_else(|| last.take()), to: to.clone() });
        *last = Some(to);
    }

    pub(super) fn note(&mut self, zone: &str, block: &Block, sink: &mut dyn Sink) {
        if self.notes.insert(zone.to_string()) {
            let (_, evidence) = self.place(block, 0..block.text.len());
            sink.zone_note(zone, &Frame { text: &evidence.text, span: evidence.span });
        }
    }
}

/// Whether a time is only when something was posted: "17:22 This has been resolved as of 17:18".
fn as_of(sentence: &str, pairs: &[(TimeFound, Option<TimeFound>)], time: &TimeFound) -> bool {
    let [(first, None), (second, _), ..] = pairs else { return false };
    let between = sentence.get(first.range.end..second.range.start).unwrap_or("").trim_end();
    let lead = sentence.get(..first.range.start).is_some_and(events::is_lead_in);
    first == time && lead && (between.ends_with(" as of") || between.ends_with(" since"))
}

/// What a time that ends its block by itself stamps: the words before it, as status pages write them.
fn before_bare<'b>(block: &'b str, sentence: &str, time: &TimeFound) -> Option<&'b str> {
    if !is_bare(sentence, time) {
        return None;
    }
    let words = block.trim_end().strip_suffix(sentence.trim_end())?.trim();
    let timeless = times::clocks(words).is_empty() || events::is_status_post(words);
    let told = words.split_whitespace().count() >= 3 && timeless;
    told.then_some(words)
}

/// Whether the lines of a text that are only a time stand below what they stamp, as status pages write them: the
/// last of them has nothing below it.
fn is_stamped_below(blocks: &[Block]) -> bool {
    let bare = |block: &Block| times::clocks(&block.text).first().is_some_and(|time| is_bare(&block.text, time));
    let several = blocks.iter().filter(|block| bare(block)).count() > 1;
    several && blocks.iter().rfind(|block| !block.is_blank()).is_some_and(bare)
}

/// Whether a sentence holds nothing but a time and its date.
fn is_bare(sentence: &str, time: &TimeFound) -> bool {
    let rest = sentence.get(time.range.end..).unwrap_or("");
    let before = sentence.get(..time.range.start).unwrap_or("");
    // "At 10:00 UTC the certificate expired on 13 June": that date is no part of the time.
    let is_beside = |d: &&times::DateFound| rest.get(..d.range.start).is_some_and(events::is_lead_in);
    let dated = times::dates(rest).first().filter(is_beside).map_or(0, |d| d.range.end);
    events::is_lead_in(before) && !rest.get(dated..).unwrap_or("").chars().any(char::is_alphabetic)
}
