"""`python -m pipeline`, which is the `difang` command."""

import sys


def main() -> None:
    """Run the command line. Its imports take a second, in which Ctrl-C must be answered as in any other."""
    try:
        from pipeline.cli import main as run  # noqa: PLC0415 - see above
    except KeyboardInterrupt:
        sys.stderr.write("difang: interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
