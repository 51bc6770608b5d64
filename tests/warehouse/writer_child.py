"""A writer that a test kills: lands batches of ten articles, printing the number of each that has committed.

With a fifth argument, ``asked``, it lands one batch for each line that it is given.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from conftest import Maker

from warehouse import Warehouse

if __name__ == "__main__":
    folder, first, batches, crawl_id = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    make = Maker()
    with Warehouse.open(folder) as warehouse:
        print("open", flush=True)
        for number in range(first, first + batches):
            if sys.argv[5:] == ["asked"]:
                sys.stdin.readline()
            warehouse.land(make.articles(range(number * 10, number * 10 + 10), crawl_id=crawl_id))
            print(number, flush=True)
