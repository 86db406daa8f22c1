"""Checks docker-compose.yml against the Dockerfiles, the Caddyfile and the project's own rules.

    /usr/bin/python3 scripts/check-compose.py ROOT

Prints what is wrong, a line each; exit code 1 if anything is. Needs Debian's python3-yaml. What a
Docker daemon would find out only when it runs is found here: a stage, a program or a folder that
isn't there, a proxy that nobody trusts, a salt that would reach a disk.
"""

import ipaddress
import json
import pathlib
import re
import sys

import yaml

SUBCOMMANDS = {"serve", "aggregate", "doctor"}  # what a container may start as
SECRET_FOLDER = "/data/secret"


class Dockerfile:
    """The parts of a Dockerfile that a compose file relies on, of its last stage."""

    def __init__(self, path):
        self.stages, self.sources, self.stage_copies = [], [], []
        self.commands, self.environment, self.user = {}, {}, "root"
        self.programs, self.ports = set(), set()
        text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.M)
        for line in re.sub(r"\\\n", " ", text).splitlines():
            word, _, rest = line.strip().partition(" ")
            if word:
                self._read(word.upper(), rest.strip())

    def _read(self, word, rest):
        if word == "FROM":
            name = re.search(r"\bAS\s+(\S+)", rest, re.I)
            self.stages.append(name.group(1) if name else rest)
        elif word == "COPY":
            self._read_copy(rest.split())
        elif word in ("ENTRYPOINT", "CMD"):
            self.commands[word] = json.loads(rest)
        elif word == "USER":
            self.user = rest
        elif word == "ENV":
            self.environment.update(pair.split("=", 1) for pair in rest.split())
        elif word == "EXPOSE":
            self.ports |= {port.split("/")[0] for port in rest.split()}

    def _read_copy(self, words):
        origin = [word for word in words if word.startswith("--from=")]
        paths = [word for word in words if not word.startswith("--")]
        if origin:
            self.stage_copies.append(origin[0].removeprefix("--from="))
        else:
            self.sources += paths[:-1]
        if paths[-1].startswith("/usr/local/bin/"):
            self.programs.add(paths[-1].rsplit("/", 1)[1])


class Check:
    def __init__(self, root):
        self.root = root
        self.wrong = []
        self.compose = yaml.safe_load((root / "docker-compose.yml").read_text())
        self.services = self.compose["services"]
        # An image name to the Dockerfile that builds it.
        self.images = {}

    def expect(self, condition, message):
        if not condition:
            self.wrong.append(message)

    def run(self):
        for name in ("collector", "cron", "caddy"):
            self.expect(name in self.services, f"there is no service '{name}'")
        for name, service in self.services.items():
            if "build" in service:
                self.check_build(name, service)
        for name, service in self.services.items():
            self.check_locked(name, service)
            self.check_volumes(name, service)
            if service.get("image") in self.images:
                self.check_program(name, service, self.images[service["image"]])
            else:
                self.wrong.append(f"{name}: no service builds its image")
        self.check_secret()
        self.check_proxy()
        return self.wrong

    def check_build(self, name, service):
        build = service["build"]
        path = self.root / build.get("context", ".") / build.get("dockerfile", "Dockerfile")
        if not path.is_file():
            self.wrong.append(f"{name}: {build.get('dockerfile')} isn't there")
            return
        dockerfile = Dockerfile(path)
        self.images[service.get("image")] = dockerfile
        target = build.get("target")
        self.expect(target in (None, dockerfile.stages[-1]),
                    f"{name}: '{target}' isn't the last stage of {path.name}")
        for stage in dockerfile.stage_copies:
            self.expect(stage in dockerfile.stages, f"{path.name} copies from no stage: {stage}")
        for source in dockerfile.sources:
            self.expect((self.root / source).exists(),
                        f"{path.name} copies what isn't there: {source}")
            self.expect(source == "." or self.sent_to_builder(source),
                        f".dockerignore leaves out {source}, which {path.name} copies")

    def sent_to_builder(self, source):
        lines = (self.root / ".dockerignore").read_text().splitlines()
        kept = [line[1:] for line in lines if line.startswith("!")]
        return any(source == path or source.startswith(path + "/") for path in kept)

    def check_locked(self, name, service):
        user = str(service.get("user", ""))
        self.expect(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), f"{name}: runs as '{user}'")
        self.expect(service.get("read_only") is True,
                    f"{name}: its root file system can be written")
        self.expect(service.get("cap_drop") == ["ALL"], f"{name}: keeps capabilities")
        self.expect(not service.get("cap_add"), f"{name}: is given capabilities")
        self.expect(not service.get("privileged"), f"{name}: is privileged")
        self.expect("no-new-privileges:true" in service.get("security_opt", []),
                    f"{name}: may gain privileges")
        self.expect(service.get("ulimits", {}).get("core") == 0, f"{name}: may dump core")
        self.expect(service.get("healthcheck", {}).get("test"), f"{name}: has no health check")
        self.expect("stop_grace_period" in service, f"{name}: has no time to end in")
        self.expect(not service.get("ports") or name == "caddy", f"{name}: is open to the world")
        for other in service.get("depends_on", {}):
            self.expect(other in self.services, f"{name}: depends on no service: {other}")
        for network in service.get("networks", []):
            self.expect(network in self.compose["networks"], f"{name}: no such network: {network}")

    def check_volumes(self, name, service):
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            self.expect(source in self.compose["volumes"], f"{name}: no named volume '{source}'")
        places = [volume.split(":")[1] for volume in service.get("volumes", [])]
        places += [place.split(":")[0] for place in service.get("tmpfs", [])]
        self.expect("/tmp" in places, f"{name}: has no /tmp that it can write")

    def check_program(self, name, service, dockerfile):
        self.expect(str(service.get("user", "")) == dockerfile.user,
                    f"{name}: its user isn't the image's, which owns the folders")
        entrypoint = service.get("entrypoint", dockerfile.commands.get("ENTRYPOINT", []))
        command = service.get("command", dockerfile.commands.get("CMD", []))
        health = service.get("healthcheck", {}).get("test", [])[1:]
        if name == "caddy":
            return
        for words in (entrypoint + command, health):
            self.expect(words and words[0] in dockerfile.programs,
                        f"{name}: its image has no program '{words[:1]}'")
            if words[:1] == ["footfall"]:
                self.expect(words[1:2] and words[1] in SUBCOMMANDS,
                            f"{name}: footfall has no such command for a container: {words[1:2]}")
        self.expect(dockerfile.environment.get("SWIFT_BACKTRACE") == "enable=no",
                    f"{name}: a crash would print its memory")

    def check_secret(self):
        """Who has the data folder has the salts beside it, and they are in memory."""
        volumes = {name: [v.split(":")[:2] for v in service.get("volumes", [])]
                   for name, service in self.services.items()}
        holders = [n for n, pairs in volumes.items() if ["data", "/data"] in pairs]
        self.expect(set(holders) == {"collector", "cron"}, f"the data folder is held by {holders}")
        for name in holders:
            self.expect(["secret", SECRET_FOLDER] in volumes[name],
                        f"{name}: its salts are in the data folder, on disk")
        options = (self.compose["volumes"].get("secret") or {}).get("driver_opts", {})
        self.expect(options.get("type") == "tmpfs", "the volume 'secret' isn't in memory")
        user, group = str(self.services.get("collector", {}).get("user", ":")).split(":")
        mount = set(options.get("o", "").split(","))
        self.expect({f"uid={user}", f"gid={group}", "mode=0700"} <= mount,
                    "the volume 'secret' isn't its user's alone")

    def check_proxy(self):
        """The Caddyfile leads to the collector, which trusts just the network that they share."""
        text = (self.root / "deploy/compose/Caddyfile").read_text()
        upstream = re.search(r"reverse_proxy\s+(\w+):(\d+)", text)
        collector = self.services.get("collector", {})
        image = self.images.get(collector.get("image"))
        self.expect(upstream and upstream.group(1) == "collector"
                    and image and upstream.group(2) in image.ports,
                    "the Caddyfile doesn't lead to the collector's port")
        self.expect(image and image.environment.get("FOOTFALL_PORT") in image.ports,
                    "the Dockerfile exposes another port than the collector listens on")
        trusted = collector.get("environment", {}).get("FOOTFALL_TRUSTED_PROXY")
        caddy = self.services.get("caddy", {})
        shared = set(collector.get("networks", [])) & set(caddy.get("networks", []))
        subnets = [str(ipaddress.ip_network(config["subnet"])) for name in shared
                   for config in self.compose["networks"][name]["ipam"]["config"]]
        self.expect(subnets == [trusted], f"the collector trusts {trusted}; Caddy is in {subnets}")


def main():
    wrong = Check(pathlib.Path(sys.argv[1])).run()
    for message in wrong:
        print(f"docker-compose.yml: {message}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
