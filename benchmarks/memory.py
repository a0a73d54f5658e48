"""Peak memory of reading large exports: it should not grow with them. `python benchmarks/memory.py`

Makes a Slack zip and an mbox of some 50 MB and of some 500 MB of content in a temporary folder, reads each in a process
of its own, and prints the peak of its resident memory. The reading of nothing comes first: that is Python itself.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

#: Megabytes of content.
SIZES = (50, 500)
PEOPLE = 2_000
MESSAGES_A_DAY = 2_000

_READ = """
import sys
from silos.readers import read_interactions
interactions = read_interactions(sys.argv[1])
print(interactions.connection.execute(f"select count(*) from ({interactions.query})").fetchone()[0])
"""
_NOTHING = "import silos.readers, duckdb; duckdb.connect().execute('select 1'); print(0)"


def slack(path: Path, size: int, *, seed: int = 0) -> None:
    """A Slack export with `size` bytes of messages in direct chats and channels."""
    chance = random.Random(seed)
    users = [{"id": f"U{n:09}", "profile": {"email": f"p{n}@acme.example"}} for n in range(PEOPLE)]
    chats = [{"id": f"D{n:09}", "members": [f"U{n % PEOPLE:09}", f"U{n * 7 % PEOPLE:09}"]} for n in range(5_000)]
    channels = [{"id": f"C{n:09}", "name": f"channel-{n}", "members": []} for n in range(200)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("dms.json", json.dumps(chats))
        archive.writestr("channels.json", json.dumps(channels))
        written, day = 0, 0
        while written < size:
            direct = day % 2 == 0
            place = chats[day // 2 % len(chats)] if direct else channels[day // 2 % len(channels)]
            folder = place["id"] if direct else place["name"]
            messages = []
            for number in range(MESSAGES_A_DAY):
                user = chance.choice(place["members"]) if direct else f"U{chance.randrange(PEOPLE):09}"
                text = f"<@U{chance.randrange(PEOPLE):09}> " + "so it goes " * chance.randrange(1, 60)
                ts = f"{1_700_000_000 + day * 100 + number % 80}.{number:06}"
                messages.append({"type": "message", "user": user, "text": text, "ts": ts, "blocks": [{"text": text}]})
            content = json.dumps(messages, indent=1)
            archive.writestr(f"{folder}/{2000 + day // 360}-{day // 30 % 12 + 1:02}-{day % 30 + 1:02}.json", content)
            written += len(content)
            day += 1


def mbox(path: Path, size: int, *, seed: int = 0) -> None:
    """An mbox of `size` bytes, of mails of some kilobytes that answer one another."""
    chance = random.Random(seed)
    body = "so it goes, and goes on\n" * 400
    with path.open("w", encoding="utf-8") as file:
        number = 0
        while file.tell() < size:
            for _ in range(100):
                people = ", ".join(f"p{chance.randrange(PEOPLE)}@acme.example" for _ in range(chance.randrange(1, 6)))
                file.write(
                    f"From x Mon May  6 09:00:00 2024\nFrom: p{chance.randrange(PEOPLE)}@acme.example\nTo: {people}\n"
                    f"Date: Mon, 6 May 2024 {number % 24:02}:00:00 +0000\nMessage-ID: <{number}@x>\n"
                    f"In-Reply-To: <{chance.randrange(number + 1)}@x>\n\n{body[: chance.randrange(20, len(body))]}\n\n"
                )
                number += 1


def peak(*arguments: str) -> tuple[float, float, int]:
    """Megabytes that a process of Python had at most, seconds it took, and the number it printed."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run([sys.executable, "-c", *arguments], check=True, capture_output=True, text=True)
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # The system keeps the largest of all children: one that stayed below says nothing.
    kilobytes = held if held > before else 0
    return kilobytes / 1024, time.perf_counter() - begun, int(done.stdout)


def main() -> None:
    """Print a table."""
    if len(sys.argv) == 3:  # one measurement, in a process without earlier children
        held, seconds, rows = peak(_READ if sys.argv[2] else _NOTHING, sys.argv[2])
        print(f"{sys.argv[1]:<24} {held:>8,.0f} MB {seconds:>8,.0f} s {rows:>12,} rows")
        return
    with tempfile.TemporaryDirectory() as folder:
        _measured("nothing", "")
        for name, make in (("slack.zip", slack), ("box.mbox", mbox)):
            for size in SIZES:
                path = Path(folder, name)
                make(path, size * 1_000_000)
                _measured(f"{name}, {size} MB", str(path))
                path.unlink()


def _measured(label: str, path: str) -> None:
    subprocess.run([sys.executable, __file__, label, path], check=True)


if __name__ == "__main__":
    main()
