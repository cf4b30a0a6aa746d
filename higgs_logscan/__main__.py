"""`python -m higgs_logscan` is the command."""

from higgs_logscan.cli import main

if __name__ == "__main__":
    main()
