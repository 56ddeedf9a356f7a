# ruff: noqa
# What the rules find, and what they leave alone: `semgrep scan --test tools/semgrep`.
import os
import pickle
import ssl
import subprocess

# ruleid: secrets-are-not-dice
import random
import secrets

# ruleid: a-desk-acts-for-a-person
from anbu.care.foundation.rules import machine

# ok: a-desk-acts-for-a-person
from anbu.care.foundation.rules import Actor

# ruleid: no-shell
subprocess.run("ls " + name, shell=True)
# ok: no-shell
subprocess.run(["ls", name])
# ruleid: no-shell
os.system(line)
# ruleid: no-reading-of-objects
pickle.loads(body)
# ruleid: no-reading-of-objects
eval(words)
# ruleid: html-is-made-by-templates
mark_safe(f"<b>{name}</b>")
# ruleid: html-is-made-by-templates
mark_safe(name)
# ok: html-is-made-by-templates
mark_safe(strip_svg.draw(strip))
# ruleid: logs-know-no-person
log.info("called", phone=person.phone)
# ok: logs-know-no-person
log.info("called", alarm=str(alarm.id))
# ruleid: nobody-is-sent-elsewhere
redirect(request.GET["next"])
# ok: nobody-is-sent-elsewhere
redirect("control_room:queue")
# ruleid: sql-has-its-values-apart
cursor.execute(f"SELECT 1 FROM t WHERE name = '{name}'")
# ok: sql-has-its-values-apart
cursor.execute("SELECT 1 FROM t WHERE name = %s", [name])
# ruleid: peers-are-who-they-say
client.get(url, verify=False)
# ok: peers-are-who-they-say
client.get(url)


# ruleid: forms-are-ours
@csrf_exempt
def open_door(request): ...
