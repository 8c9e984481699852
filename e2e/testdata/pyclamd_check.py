"""Runs python3-pyclamd against a daemon and prints what it got, for comparison.

usage: pyclamd_check.py SOCKET HOST PORT TREE
"""
import sys
import pyclamd

sock, host, port, tree = sys.argv[1:]


def show(what, call, *args):
    try:
        got = call(*args)
    except Exception as e:  # part of what is compared
        got = "%s: %s" % (type(e).__name__, e)
    if isinstance(got, dict):
        got = sorted(got.items())
    print(what, got)


def check(kind, cd):
    infected, clean = tree + "/eicar/eicar.zip", tree + "/eicar/clean.zip"
    show(kind + " ping", cd.ping)
    show(kind + " version", cd.version)
    show(kind + " stats", lambda: cd.stats().split()[0])
    for name in ("scan_file", "contscan_file", "multiscan_file", "allmatchscan"):
        scan = getattr(cd, name, None)
        if scan is None:
            continue
        for path in (infected, clean, tree + "/none", tree + "/eicar"):
            if name == "scan_file" and path == tree + "/eicar":
                continue  # stops at the first one, in the order of the directory
            show("%s %s %s" % (kind, name, path), scan, path)
    for path in (infected, clean):
        with open(path, "rb") as f:
            data = f.read()
        show(kind + " scan_stream " + path, cd.scan_stream, data)
    show(kind + " EICAR", lambda: cd.scan_stream(cd.EICAR()))
    show(kind + " reload", cd.reload)
    show(kind + " ping again", cd.ping)


check("unix", pyclamd.ClamdUnixSocket(filename=sock))
net = pyclamd.ClamdNetworkSocket(host=host, port=int(port))
check("tcp", net)
show("shutdown", net.shutdown)
