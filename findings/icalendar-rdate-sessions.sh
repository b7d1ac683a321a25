#!/bin/bash
# A course of several evenings written as one event of RFC 5545: DTSTART is the first evening, RDATE lists the others. Two events, both valid:
# one whose RDATE holds date-times in UTC, one whose RDATE holds periods, because its last evening is shorter (3.8.5.2 allows both).
#
#   PyPI recurring-ical-events 3.8.2   all three evenings of both, with their own lengths
#   npm  ical.js 2.2.1                 Event.iterator() gives the second and third evening and leaves out the first, the one of
#                                      DTSTART, which counts (3.8.5.2); for periods it gives Period objects where its own documents promise times
#   npm  node-ical 0.26.1              expandRecurringEvent gives the first evening alone, of both, and says nothing
#   PyPI icalevents 0.3.1              the same: the first evening alone
#   PyPI ics 0.7.3                     the same: the first evening alone
#
# So of five readers three lose the evenings after the first and one loses the first, without a word. What holds everywhere is one event an
# evening, with a UID of its own.
#
# Ends with 0 as long as it is so.
set -euo pipefail
export LC_ALL=C.UTF-8
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
python3 -m venv tools
tools/bin/pip -q --disable-pip-version-check install icalendar==7.3.2 recurring-ical-events==3.8.2 ics==0.7.3 icalevents==0.3.1
echo '{"private": true}' >package.json
npm install --no-audit --no-fund --loglevel=error ical.js@2.2.1 node-ical@0.26.1 >/dev/null
sed 's/$/\r/' >course.ics <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Courses//VI
BEGIN:VEVENT
UID:times@example.org
DTSTAMP:20261201T000000Z
DTSTART:20261205T010000Z
DTEND:20261205T040000Z
SUMMARY:Lớp sơ cấp cứu
RDATE:20261212T010000Z,20261219T010000Z
END:VEVENT
BEGIN:VEVENT
UID:periods@example.org
DTSTAMP:20261201T000000Z
DTSTART:20261206T010000Z
DTEND:20261206T040000Z
SUMMARY:Lớp cứu hộ
RDATE;VALUE=PERIOD:20261213T070000Z/20261213T100000Z,20261220T070000Z/PT2H
END:VEVENT
END:VCALENDAR
ICS
cat >read.py <<'PY'
import datetime
import icalendar, ics, recurring_ical_events
from icalevents.icalevents import events

raw = open("course.ics", "rb").read()
first, last = datetime.date(2026, 12, 1), datetime.date(2026, 12, 31)
for event in recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(first, last):
    print("recurring-ical-events", event["UID"], event.start.strftime("%d %H:%M"), event.end.strftime("%H:%M"))
for event in events(string_content=raw, start=first, end=last):
    print("icalevents", event.uid, event.start.strftime("%d %H:%M"), event.end.strftime("%H:%M"))
for event in ics.Calendar(raw.decode()).events:
    print("ics", event.uid, event.begin.strftime("%d %H:%M"), event.end.strftime("%H:%M"))
PY
cat >read.mjs <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";

const raw = fs.readFileSync("course.ics", "utf8");
for (const part of new ICAL.Component(ICAL.parse(raw)).getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(part);
  const days = event.iterator();
  for (let day = days.next(); day; day = days.next())
    console.log("ical.js", event.uid, day.constructor === ICAL.Time ? "time" : "period", day.toString().slice(8, 16).replace("T", " "));
}
const span = { from: new Date("2026-12-01T00:00:00Z"), to: new Date("2026-12-31T00:00:00Z") };
for (const event of Object.values(ical.sync.parseICS(raw)).filter((part) => part.type === "VEVENT"))
  for (const day of ical.expandRecurringEvent(event, span))
    console.log("node-ical", event.uid, day.start.toISOString().slice(8, 16).replace("T", " "), day.end.toISOString().slice(11, 16));
JS
{ tools/bin/python read.py; node read.mjs; } | sort >seen
cat seen
cat >expected <<'SEEN'
ical.js periods@example.org period 13 07:00
ical.js periods@example.org period 20 07:00
ical.js times@example.org time 12 01:00
ical.js times@example.org time 19 01:00
icalevents periods@example.org 06 01:00 04:00
icalevents times@example.org 05 01:00 04:00
ics periods@example.org 06 01:00 04:00
ics times@example.org 05 01:00 04:00
node-ical periods@example.org 06 01:00 04:00
node-ical times@example.org 05 01:00 04:00
recurring-ical-events periods@example.org 06 01:00 04:00
recurring-ical-events periods@example.org 13 07:00 10:00
recurring-ical-events periods@example.org 20 07:00 09:00
recurring-ical-events times@example.org 05 01:00 04:00
recurring-ical-events times@example.org 12 01:00 04:00
recurring-ical-events times@example.org 19 01:00 04:00
SEEN
diff <(sort expected) seen
