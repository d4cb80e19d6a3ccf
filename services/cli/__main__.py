"""`python -m services.cli` is `postkorb`."""

from services.cli.main import main

main()
