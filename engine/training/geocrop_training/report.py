"""The card, for a person."""

from collections.abc import Iterator


def report_lines(card: dict) -> Iterator[str]:
    fields, pixels = card["fields"], card["pixels"]
    yield (
        f"{fields['trained']} fields ({pixels['trained']} pixels) to learn from, {fields['validation']} "
        f"({pixels['validation']}) to choose rounds and weights, {fields['heldOut']} ({pixels['heldOut']}) to test on"
    )
    if card["data"]["withoutFeatures"] > 0:
        yield f"{card['data']['withoutFeatures']} rows without all features were left out"
    if card["data"]["columnsLeftOut"]:
        yield f"features left out, empty in every row: {', '.join(card['data']['columnsLeftOut'])}"
    yield ""
    header = f"{'on the test fields':<20}{'accuracy':>10}{'log loss':>10}{'calib. error':>14}"
    yield f"{header}{'rounds':>8}{'trees':>8}{'weight':>8}"
    for member in card["members"]:
        made = f"{member['rounds']:>8}{member['trees']:>8}{member['weight']:>8.3f}"
        yield f"{member['library']:<20}{figures(member)}{made}"
    yield f"{'vote':<20}{figures(card)}"
    yield f"{'always the commonest':<20}{card['alwaysTheCommonest']:>10.1%}"
    yield ""
    width = max(len(name) for name in card["perClass"])
    yield f"{'class':<{width}}  precision    recall    pixels"
    for name, scores in card["perClass"].items():
        yield f"{name:<{width}}{percent(scores['precision']):>11}{percent(scores['recall']):>10}{scores['pixels']:>10}"
    yield ""
    yield from mistakes(card["confusionMatrix"])


def figures(scores: dict) -> str:
    error = scores["calibration"]["expectedCalibrationError"]
    return f"{scores['accuracy']:>10.1%}{scores['logLoss']:>10.3f}{error:>14.3f}"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def mistakes(matrix: dict, most: int = 5) -> Iterator[str]:
    """The commonest confusions."""
    names = matrix["classes"]
    pairs = [
        (pixels, truth, given)
        for truth, row in zip(names, matrix["pixels"])
        for given, pixels in zip(names, row)
        if truth != given and pixels > 0
    ]
    if not pairs:
        yield "no mistakes on the test fields"
        return
    worst = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[:most]
    yield "most mistaken: " + ", ".join(f"{truth} for {given} ({pixels})" for pixels, truth, given in worst)
