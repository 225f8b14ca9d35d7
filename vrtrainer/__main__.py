"""`python -m vrtrainer` is `vrtrainer`."""

from vrtrainer.cli import main

main()
