package io.github.secretsource;

import java.util.Map;

/** A program that reads one mounted secret by configuration; run in a virtual machine of its own. */
final class ConfiguredProgram {

    private ConfiguredProgram() {}

    /** Takes the folder that is mounted, and a prefix of variables. */
    public static void main(String[] arguments) {
        Secrets secrets = Secrets.fromConfig(Map.of(
                "secrets.source.file.kind", "file",
                "secrets.source.file.mount.db", arguments[0],
                "secrets.source.file.refresh-after", "30s",
                "secrets.source.vars.kind", "env",
                "secrets.source.vars.prefix.app", arguments[1],
                "secrets.audit", "true"));
        String read = secrets.get("file:db#password").reveal();
        System.out.print(read.length());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
