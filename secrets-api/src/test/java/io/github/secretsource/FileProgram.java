package io.github.secretsource;

import io.github.secretsource.source.MountedVolumes;
import java.nio.file.Path;

/** A program that reads one mounted secret; run in a virtual machine of its own. */
final class FileProgram {

    private FileProgram() {}

    public static void main(String[] args) {
        Secrets secrets = Secrets.builder()
                .source(
                        "file",
                        MountedVolumes.builder().mount("db", Path.of(args[0])).build())
                .build();
        String read = secrets.get("file:db#password").reveal();
        System.out.print(read.length());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
