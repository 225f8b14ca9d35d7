"""How the avatars are made: from open body data (`person`) or from plain shapes (`robot`) to VRM 1.0 files.

Rule 1: numpy, scipy and Pillow only; nothing of the program itself, so that the builder can be lent to others.
Rule 2: the same data and recipe give the same bytes; every random choice has its seed in the recipe.
Rule 3: bodies are worked on in MakeHuman's space: decimetres, +Y up, facing +Z, left is +X, arms slanting down. They
        become metres in T-pose once, in `tpose`; VRM 1.0 faces +Z too, so nothing else turns.
"""
