"""The part of a session's page that a therapist opens: dose, without help, a chart and every trial in figures."""

from vrtrainer.reports import chart, facts, html


def part(about):
    """The foldable part of a session's page."""
    say, rows = about.words.say, about.facts.rows
    if not rows:
        return ""
    body = html.paragraphs([say("therapist_about"), *_dose(about)])
    body += f"<h3>{html.text(say('unprompted'))}</h3>{html.items(_unprompted(about))}"
    body += f"<h3>{html.text(say('chart_title'))}</h3>{_chart(about)}"
    body += f"<h3>{html.text(say('table_caption'))}</h3>{_table(about)}"
    return f'<details class="therapist"><summary>{html.text(say("therapist"))}</summary>{body}</details>'


def _dose(about):
    say, rows = about.words.say, about.facts.rows
    planned, done = about.programme.get("minutes", 6), about.facts.seconds / 60
    lines = [say("dose", planned=about.words.figure(planned, 0), done=about.words.figure(done, 1), trials=len(rows))]
    shares = [row["share_observed"] for row in rows if row["share_observed"] is not None]
    if shares:
        lines.append(say("observed", percent=round(100 * sum(shares) / len(shares))))
    return lines


def _unprompted(about):
    out = []
    for gesture in about.facts.gestures:
        alone = [
            r
            for r in about.facts.rows
            if r["gesture"] == gesture and facts.prompt(r) == 0 and r["answer_graded"] is not None
        ]
        if alone:
            full = sum(r["answer_graded"] == 2 for r in alone)
            title = about.title(gesture)
            out.append(about.words.say("unprompted_row", gesture=title, full=full, total=len(alone)))
    return out


def _chart(about):
    say = about.words.say
    words = {key: say(f"chart_{key}") for key in ("title", "about", "chance", "outcome", "trial")}
    words |= {"unseen": say("unseen"), "full": say("outcome_2"), "part": say("outcome_1"), "none": say("outcome_0")}
    return f'<div class="wide" tabindex="0">{chart.chances(about.facts.rows, words)}</div>'


def _table(about):
    say, figure, report = about.words.say, about.words.figure, about.words.report

    def told(key, fallback):
        return report.get(key, str(fallback))

    columns = {
        "trial": lambda r: r["trial"] + 1,
        "gesture": lambda r: about.title(r["gesture"]),
        "mode": lambda r: told(f"mode_{r['mode']}", r["mode"]),
        "kind": lambda r: told(f"kind_{r['kind']}", r["kind"]),
        "prompt": lambda r: told(f"prompt_{facts.prompt(r)}", facts.prompt(r)),
        "tempo": lambda r: figure(r["facet_tempo"]),
        "chance": lambda r: figure(r["chance"]),
        "outcome": lambda r: say("unseen") if r["answer_graded"] is None else r["answer_graded"],
        "similarity": lambda r: figure(r["similarity"]),
        "goal": lambda r: figure(r["goal"]),
        "lag": lambda r: figure(r["lag_s"]),
        "size": lambda r: figure(r["size"]),
        "side": lambda r: told(f"side_{r['side_used']}", "–"),
        "observed": lambda r: figure(r["share_observed"]),
    }
    head = "".join(f'<th scope="col">{html.text(say(f"column_{name}"))}</th>' for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.text(cell(row))}</td>' for cell in columns.values())}</tr>"
        for row in about.facts.rows
    )
    label = html.attribute(say("table_caption"))
    return (
        f'<div class="wide" role="region" aria-label="{label}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
