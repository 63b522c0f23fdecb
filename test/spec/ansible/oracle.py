"""Answers what Ansible itself makes of inventories: one process for many, since each start of Ansible costs a second.

One JSON object per line on stdin: {"inventory": path, "patterns": [..], "limits": [..], "graphs": [group..],
"graphsWithVars": [group..], "hosts": [name..]}; one per line on stdout. It runs the code of the commands ansible-inventory
and ansible, on a loader, an inventory and a variable manager made anew each time; ansible.test.ts holds it against
the commands themselves.
"""
import json
import os
import sys

os.environ["ANSIBLE_LOCALHOST_WARNING"] = "False"

from ansible.cli import CLI
from ansible.cli.inventory import InventoryCLI
from ansible import context
from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

said = []
Display.warning = lambda self, msg, *args, **kwargs: said.append(str(msg))
Display.error_as_warning = lambda self, msg=None, exception=None, **kwargs: said.append(f"{msg}: {why(exception)}")
Display.deprecated = lambda self, *args, **kwargs: None


def walk(self, rel, include_self=False, preserve_ordering=False):
    """Ansible keeps each level below a group in a set of objects, so that their order is that of memory addresses and
    differs from run to run. This is the same walk with the order in which they were met."""
    seen, level = {}, dict.fromkeys(getattr(self, rel))
    ordered = [self] if include_self else []
    ordered.extend(getattr(self, rel))
    while level:
        seen.update(level)
        below = dict.fromkeys(item for group in level for item in getattr(group, rel))
        ordered.extend(item for item in below if item not in seen)
        level = {item: None for item in below if item not in seen}
    if preserve_ordering:
        return ordered
    return set(seen) | ({self} if include_self else set())


Group._walk_relationship = walk


def why(error):
    parts = []
    while error is not None:
        parts.append(str(error))
        error = error.__cause__
    return " <- ".join(parts)


def attempt(make):
    said.clear()
    try:
        return {"ok": make(), "warnings": list(said)}
    except (SystemExit, Exception) as error:
        return {"error": f"{type(error).__name__}: {why(error)}", "warnings": list(said)}


def arguments(inventory, **more):
    base = dict(
        inventory=(inventory,), vault_ids=(), vault_password_files=(), ask_vault_pass=False, basedir=None,
        flush_cache=False, subset=None, yaml=False, toml=False, export=False, show_vars=False, output_file=None,
        host=None, graph=False, list=True, pattern="all", verbosity=0, extra_vars=(), playbook_dir=None,
    )
    base.update(more)
    context.CLIARGS = ImmutableDict(base)


def matched(inventory, pattern):
    # Else a part that was asked before would not warn again.
    inventory.clear_caches()
    return [str(host) for host in CLI.get_host_list(inventory, None, pattern)]


def answer(request):
    said.clear()
    inventory = request["inventory"]
    cli = InventoryCLI(["ansible-inventory"])
    arguments(inventory)
    # As cli._play_prereqs(), which may run once only.
    cli.loader = DataLoader()
    cli.inventory = InventoryManager(loader=cli.loader, sources=(inventory,))
    cli.vm = VariableManager(loader=cli.loader, inventory=cli.inventory, version_info=CLI.version_info(gitinfo=False))
    parsed = bool(cli.inventory._inventory.processed_sources)
    dumped = lambda: json.loads(cli.dump(cli.json_inventory(cli._get_group("all"))))
    result = {"parsed": parsed, "warnings": list(said)}
    if not parsed:
        return result
    result["list"] = attempt(dumped)
    result["graphs"], result["graphsWithVars"] = {}, {}
    for kind, shown in (("graphs", False), ("graphsWithVars", True)):
        for group in request.get(kind, []):
            arguments(inventory, graph=True, pattern=group, show_vars=shown)
            result[kind][group] = attempt(cli.inventory_graph)
    arguments(inventory)
    result["hosts"] = {
        name: attempt(lambda: json.loads(cli.dump(cli._get_host_variables(host=cli.inventory.get_hosts(name)[0]))))
        for name in request.get("hosts", [])
    }
    result["patterns"] = {
        pattern: attempt(lambda: matched(cli.inventory, pattern))
        for pattern in request.get("patterns", [])
    }
    result["limits"] = {}
    for limit in request.get("limits", []):
        def limited():
            cli.inventory.clear_caches()
            cli.inventory.subset(limit)
            return dumped()

        result["limits"][limit] = attempt(limited)
        cli.inventory.subset(None)
    return result


init_plugin_loader()
# What Ansible prints on its own must not get between the answers.
out, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    try:
        answered = answer(json.loads(line))
    except Exception as error:
        answered = {"parsed": False, "warnings": [f"{type(error).__name__}: {why(error)}"]}
    print(json.dumps(answered), file=out, flush=True)
