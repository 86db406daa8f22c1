"""CPU microseconds that ua-parser (PyPI) takes for each of a file's user agents, each new to it.

    agents.py FILE
"""

import sys
import time

from ua_parser import parse


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        agents = file.read().splitlines()
    parse(agents[0])  # its expressions are made at the first
    start = time.process_time()
    for agent in agents:
        parse(agent)
    print(f"{(time.process_time() - start) * 1e6 / len(agents):.2f}")


if __name__ == "__main__":
    main()
