"""The tests, in folders that mirror vrtrainer/; `python -m tests` installs what they need and runs them all."""
