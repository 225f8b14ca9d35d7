"""The page for the family after a session: what is nice, what was chosen, done, seen and thought, and an idea.

Rule 1: it begins with strengths, and figures stand only where a therapist opens them.
Rule 2: what could not be seen is said and counts for nothing; who took part is said, above all when nobody did.
Rule 3: one file that opens anywhere: pictures and letters are inside it, nothing is fetched.
"""

import json
import os
import tomllib
from pathlib import Path

from vrtrainer.gestures import library
from vrtrainer.imitation.score import Reason
from vrtrainer.records import people, reading
from vrtrainer.reports import attempts, facts, html, pictures, therapist
from vrtrainer.reports.facts import JOINED, UNSEEN, WATCHED
from vrtrainer.reports.words import Words, capital
from vrtrainer.sessions import stored
from vrtrainer.sessions.words import filled, of_reason, own

SIMULATED, RECORDED, NOBODY = "simulated", "recorded", "nobody"


def write(database, number, content, texts, language):
    """Write a session's page into its folder; its path. The same language is written anew, another one beside it."""
    session = database.session(number)
    folder = database.absolute(session["folder"])
    try:
        recorded = reading.read(database.absolute(session["journal"]))
    except (reading.JournalError, OSError):
        recorded, damaged = None, True
    else:
        damaged = bool(recorded.damage) and not recorded.cut_off
    about = Session(database, session, recorded, content, texts, language)
    folder.mkdir(parents=True, exist_ok=True)
    with pictures.Album(content, language, folder / "pictures") as album:
        page = about.page(album, damaged)
    return _put(folder, page, language)


def _put(folder, page, language):
    """Written whole or not at all: a reader never finds half a page."""
    path = folder / "report.html"
    if path.exists() and f'<html lang="{language}">' not in path.read_text(encoding="utf-8", errors="replace")[:200]:
        path = folder / f"report-{language}.html"
    half = path.with_suffix(".html.part")
    half.write_text(page, encoding="utf-8")
    os.replace(half, path)
    return path


class Session:
    """What is known of one session, and its page section by section."""

    def __init__(self, database, session, recorded, content, texts, language):
        self.session, self.recorded, self.content, self.language = session, recorded, content, language
        self.setup = recorded.setup if recorded else {}
        events = recorded.events if recorded else []
        self.facts = facts.of_session(database.trials(session["id"]), events)
        self.gestures = self._gestures()
        self.programme = tomllib.loads(session["programme_text"])
        self.avatar = self.setup.get("avatar") or self.programme.get("avatar") or next(iter(self._avatars()), "")
        self.strengths = json.loads(session["strengths"] or "{}")
        self.words = Words(texts, self._names(texts["report"]))
        self.texts = texts

    def _avatars(self):
        return dict.fromkeys(row["avatar"] for row in self.facts.rows)

    def _gestures(self):
        """As the session read them; what the journal does not hold is taken from what ships."""
        kept = self.setup.get("gestures", {})
        out = {name: stored.read_gesture(name, table) for name, table in kept.items()}
        if any(name not in out for name in self.facts.gestures):
            out = {**library.load(self.content.assets / "gestures"), **out}
        return out

    def _names(self, report):
        given = self.setup.get("names", {})
        learner = self.session["initials"] or given.get("learner") or self.session["code"] or ""
        if not learner:
            learner = report["someone_recorded" if self.session["tracker"] == RECORDED else "someone"]
        return {
            "learner": learner,
            "avatar": given.get("avatar") or capital(self.avatar),
            "adult": given.get("adult") or report["adult"],
        }

    def title(self, gesture):
        known = self.gestures.get(gesture)
        return (own(known.title, self.language) if known else "") or gesture.replace("_", " ")

    # The page

    def page(self, album, damaged):
        say = self.words.say
        there = self.session["tracker"] != RECORDED  # who was recorded another day chose nothing and is not asked
        parts = [
            self._top(album.picture("top", self.avatar, None, "", view=pictures.HEAD)),
            self._who(damaged),
            self._nice() if there or self.strengths else "",
            self._chose() if there else "",
            self._did(),
            self._seen(album),
            self._opinion() if there else "",
            self._why(),
            self._idea() if there else "",
            therapist.part(self),
            self._small(),
        ]
        day = self.words.date(self.session["started"])
        return html.page(self.language, say("page_title", date=day), "".join(parts), self.content.assets / "fonts")

    def _top(self, hero):
        say, day = self.words.say, self.words.date(self.session["started"])
        programme = own(self.programme.get("name", {}), self.language)
        line = " · ".join(filter(None, (capital(day), self.words.minutes(self.facts.seconds), programme)))
        text = f'<p class="kicker">{html.text(say("kicker"))}</p><h1>{html.text(say("title"))}</h1>'
        return f'<header>{hero}<div>{text}<p class="when">{html.text(line)}</p></div></header><main>'

    def _who(self, damaged):
        """Who took part, where that was no person in front of the avatar; and what is missing."""
        say, tracker = self.words.say, self.session["tracker"]
        lines = []
        if tracker in (SIMULATED, RECORDED, NOBODY):
            lines.append(say(tracker))
        if self.recorded is not None and not self.facts.finished and not damaged:
            lines.append(say("cut_off"))
        if damaged:
            lines.append(say("damaged"))
        return f'<aside class="note">{html.paragraphs(lines)}</aside>' if lines else ""

    def _nice(self):
        say = self.words.say
        if self.session["tracker"] == SIMULATED:
            return html.section("nice", say("nice"), html.paragraphs([say("nice_simulated")]))
        told = [(key, self.strengths[key]) for key in people.STRENGTHS if self.strengths.get(key)]
        if not told:
            lines = '<div class="lines" aria-hidden="true"><span></span><span></span><span></span></div>'
            return html.section("nice", say("nice"), html.paragraphs([say("nice_ask")]) + lines)
        rows = "".join(f"<dt>{html.text(say(f'strength_{k}'))}</dt><dd>{html.text(v)}</dd>" for k, v in told)
        return html.section("nice", say("nice"), f"<dl>{rows}</dl>")

    def _chose(self):
        say, times, told = self.words.say, self.words.times, self.facts
        lines = []
        if told.began:
            lines.append(say("chose_began", times=times(told.began)))
        stops = told.stops.get("learner", 0)
        lines.append(say("chose_stopped", times=times(stops)) if stops else say("chose_not_stopped"))
        if told.pauses.get("learner"):
            lines.append(say("chose_paused", times=times(told.pauses["learner"])))
        if told.something_else:
            lines.append(say("chose_something_else", times=times(told.something_else)))
        for actor, key in (("learner", "chose_asked"), ("adult", "adult_asked")):
            if told.asked.get(actor):
                what = list(dict.fromkeys(self._asked(*asked) for asked in told.asked[actor]))
                lines.append(say(key, what=self.words.listed(what)))
        if told.stops.get("adult"):
            lines.append(say("adult_stopped", times=times(told.stops["adult"])))
        return html.section("chose", say("chose"), html.items(lines))

    def _asked(self, name, value):
        if name == "choose" and value:
            return self.title(value).lower()
        return self.texts["controls"].get(name, name).lower()

    def _did(self):
        say, times, told = self.words.say, self.words.times, self.facts
        joined, watched, unseen = (told.count(c) for c in (JOINED, WATCHED, UNSEEN))
        if joined and watched:
            lines = [say("did_joined_watched", joined=times(joined), watched=times(watched))]
        elif joined:
            lines = [say("did_joined", joined=times(joined))]
        elif watched:
            lines = [say("did_watched", watched=times(watched))]
        else:
            lines = [] if unseen else [say("did_nothing")]
        if unseen:
            lines.append(say("did_unseen", Count=capital(times(unseen))))
        return html.section("did", say("did"), html.paragraphs(lines) + self._dots() + self._list())

    def _dots(self):
        """Every trial as a dot: joined in, watched or not visible; its shape says it as well as its colour."""
        if not self.facts.rows:
            return ""
        say = self.words.say
        dots = "".join(f'<i class="{row["came"]}"></i>' for row in self.facts.rows)
        there = [c for c in (JOINED, WATCHED, UNSEEN) if self.facts.count(c)]
        legend = "".join(f'<span><i class="{c}"></i>{html.text(say(c))}</span>' for c in there)
        spoken = ", ".join(say(row["came"]) for row in self.facts.rows)
        label = html.attribute(f"{say('dots')}: {spoken}")
        return f'<div class="dots" role="img" aria-label="{label}">{dots}</div><p class="legend">{legend}</p>'

    def _list(self):
        say, times = self.words.say, self.words.times
        rows = []
        for gesture in self.facts.gestures:
            of_it = [r for r in self.facts.rows if r["gesture"] == gesture]
            with_help = sum(facts.prompt(r) > 0 for r in of_it)
            text = say("gesture_times", times=times(len(of_it)))
            if with_help and with_help == len(of_it):
                text += ", " + say("gesture_all_help")
            elif with_help:
                text += ", " + say("gesture_with_help", times=times(with_help))
            rows.append(f"<dt>{html.text(self.title(gesture))}</dt><dd>{html.text(text)}</dd>")
        return f'<dl class="did">{"".join(rows)}</dl>' if rows else ""

    # What was seen

    def _seen(self, album):
        say, told = self.words.say, self.facts
        best = {gesture: told.best(gesture) for gesture in told.gestures}
        found = self._attempts(best)
        cards = "".join(self._card(gesture, best[gesture], found, album) for gesture in told.gestures)
        unseen, total = told.count(UNSEEN), len(told.rows)
        below = ""
        if unseen:
            counted = say("unseen_count", count=self.words.number(unseen), total=self.words.number(total))
            reasons = dict.fromkeys(row["answer_withheld"] for row in told.rows if row["came"] == UNSEEN)
            spoken = [self.words.texts["withheld"][key] for key in reasons if key in self.words.texts["withheld"]]
            below = f'<div class="unseen-box"><h3>{html.text(say("unseen_title"))}</h3>{html.paragraphs([counted])}'
            below += html.items(spoken) + "</div>"
        elif total and self.session["tracker"] != NOBODY:
            below = html.paragraphs([say("unseen_none")])
        drawn = self._drawn(found) if found else ""
        body = f'<div class="cards">{cards}</div>{drawn}' if cards else html.paragraphs([say("seen_nothing")])
        return html.section("seen", say("seen"), body + below)

    def _attempts(self, best):
        if self.recorded is None or "body" not in self.setup:
            return {}
        windows = self.facts.windows
        wanted = {
            row["trial"]: (*windows[row["trial"]], row, self.gestures[gesture])
            for gesture, row in best.items()
            if row and row["trial"] in windows and gesture in self.gestures
        }
        return attempts.nearest(self.recorded, wanted, stored.read_body(self.setup["body"])) if wanted else {}

    def _drawn(self, found):
        say = self.words.say
        lines = [say("seen_drawn")]
        if any(attempt.filled for attempt in found.values()):
            lines.append(say("seen_filled"))
        return f'<p class="aside">{html.text(" ".join(lines))}</p>'

    def _card(self, gesture, row, found, album):
        say, title = self.words.say, self.title(gesture)
        of_it = [r for r in self.facts.rows if r["gesture"] == gesture]
        shown = row or of_it[0]
        figures, view = "", pictures.UPPER
        if gesture in self.gestures and self.avatar in album.bodies:
            pose, performance = attempts.demonstrated(self.gestures[gesture], album.bodies[self.avatar], shown)
            view = pictures.view_of(performance.parts)
            figures = album.picture(f"{gesture}-shown", self.avatar, pose, say("seen_shown"), title, view)
        attempt = found.get(row["trial"]) if row else None
        if attempt is not None:
            caption = say("seen_tried_mirror" if attempt.mirrored else "seen_tried")
            figures += album.picture(f"{gesture}-tried", self.avatar, attempt.pose, caption, title, view)
        lines = self._said(gesture, row, of_it)
        kind = "pair" if attempt is not None else "single"
        return (
            f'<article class="card {kind}"><h3>{html.text(title)}</h3>'
            f'<div class="figures">{figures}</div>{html.paragraphs(lines)}</article>'
        )

    def _said(self, gesture, row, of_it):
        """What the avatar said of the attempt that is shown, as it was said."""
        say = self.words.say
        if row is None:
            return [say("seen_not_seen" if any(r["came"] == UNSEEN for r in of_it) else "seen_only_watched")]
        if self.session["tracker"] == NOBODY:
            return [say("seen_told")]
        known = self.gestures.get(gesture)
        moved = own(known.what_moved, self.language) if known else ""
        reached = row["graded_0_2"] == 2 or (row["goal"] or 0) >= 0.5
        spoken = [moved if moved and reached else self.texts["captions"]["tried"]]
        for table in row["reasons"] or ():
            reason = Reason(table["key"], table["values"], table["part"], table["moment"])
            if reason.key in self.texts["reasons"]:
                spoken.append(of_reason(self.texts, reason))
        return [say("seen_said", quote=self.words.quote(" ".join(spoken)))]

    # What was thought, why, and what next

    def _opinion(self):
        say, answer = self.words.say, self.facts.feeling
        if self.session["tracker"] == SIMULATED:
            line = say("opinion_simulated")
        elif not answer:
            line = say("opinion_none")
        else:
            key = "opinion_no_answer" if answer == "no_answer" else "opinion_said"
            line = say(key, quote=self.words.quote(self.texts["buttons"].get(answer, answer) + "."))
        return html.section("opinion", say("opinion"), html.paragraphs([line]))

    def _why(self):
        """The steps at which it became easier or harder; all the others folded below."""
        say, steps = self.words.say, facts.steps(self.facts.rows)
        if not steps:
            return ""
        changed = [step for step in steps if step.changes]
        body = html.paragraphs([say("why_intro" if changed else "why_same")])
        body += self._steps(changed or steps[:1])
        if len(steps) > max(len(changed), 1):
            body += f"<details><summary>{html.text(say('why_all'))}</summary>{self._steps(steps)}</details>"
        return html.section("why", say("why"), body)

    def _steps(self, steps):
        say, rows = self.words.say, []
        for step in steps:
            reason = self.words.why(step.reason_key, step.reason_values)
            key = "why_trial" if step.first == step.last else "why_trials"
            when = say(key, first=step.first + 1, last=step.last + 1)
            tags = "".join(f"<em>{html.text(say(change))}</em>" for change in step.changes)
            what = f"<strong>{html.text(self.title(step.gesture))}</strong>{tags}"
            when = f'<span class="when">{html.text(when)}</span>'
            rows.append(f"<li>{when}<div>{what}{html.paragraphs([' '.join((*self._part(step), reason))])}</div></li>")
        return f'<ol class="steps">{"".join(rows)}</ol>'

    def _part(self, step):
        """The part of the programme that begins with a step: what it changes was planned so."""
        if step.new_part is None:
            return ()
        parts = len(self.programme.get("block", ()))
        return (filled(self.texts, "captions", "part", number=step.new_part + 1, count=parts),)

    def _idea(self):
        say, told = self.words.say, self.facts
        best = max((r for g in told.gestures if (r := told.best(g))), key=facts.merit, default=None)
        if self.session["tracker"] == SIMULATED:
            line = say("idea_simulated")
        elif best is None:
            line = say("idea_watch")
        else:
            key = "idea_lead" if facts.prompt(best) == 0 and best["answer_graded"] == 2 else "idea_together"
            line = say(key, quote=self.words.quote(self.title(best["gesture"])))
        return html.section("idea", say("idea"), html.paragraphs([line]))

    def _small(self):
        say = self.words.say
        version = say(
            "small_version",
            version=json.loads(self.session["versions"]).get("vrtrainer", "?"),
            session=Path(self.session["folder"]).name,
            programme=self.session["programme_name"],
            seed=self.session["seed"],
        )
        return f"</main><footer>{html.paragraphs([say('small'), say('small_data'), version])}</footer>"
