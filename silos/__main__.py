"""`python -m silos`."""

from silos.cli import main

if __name__ == "__main__":
    main()
