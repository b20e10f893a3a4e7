package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.text.Guess;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Explains why a mounted secret could not be read, by a look at what is there instead. It names files, never what they
 * hold. Immutable; every answer looks anew.
 */
record VolumeObstacle(VolumePath place) {

    private static final int LISTED = 20;
    private static final String BY_FS_GROUP =
            "in Kubernetes set securityContext.fsGroup of the pod and defaultMode: 0440"
                    + " of the volume; elsewhere grant it to a group of this process";

    Diagnosis explain(SecretException problem) {
        if (problem instanceof SecretNotFoundException) {
            return deadLink().orElseGet(() -> absent(problem));
        }
        if (problem instanceof SecretAccessException) {
            return denied().orElseGet(() -> plain(problem));
        }
        if (problem instanceof SecretUnavailableException) {
            return deadData().orElseGet(() -> plain(problem));
        }
        return plain(problem);
    }

    private Diagnosis plain(SecretException problem) {
        String mount = FileProblem.shown(place.mount());
        boolean placed =
                problem.problem().contains(FileProblem.printable(place.mount().toString()));
        return Diagnosis.problem(
                place.id(), problem.problem() + (placed ? "" : "; it is mounted at " + mount), problem.fix());
    }

    private Path file() {
        return place.mount().resolve(place.inside());
    }

    /** Nothing is there: the folder above tells what is, so that a misspelt name shows. */
    private Diagnosis absent(SecretException problem) {
        Path file = file();
        Path parent = file.getParent();
        Path name = file.getFileName();
        if (parent == null || name == null || Files.exists(file)) {
            return plain(problem);
        }
        if (Files.isRegularFile(parent)) {
            return Diagnosis.problem(
                    place.id(),
                    problem.problem() + "; " + FileProblem.shown(parent) + " is a file",
                    "correct the reference: '/' leads into a folder, '#' to a field of a file's JSON");
        }
        if (!Files.isDirectory(parent)) {
            return plain(problem);
        }
        var present = names(parent);
        String meant = Guess.nearestInAnySpelling(name.toString(), present)
                .map(near -> "; did you mean " + FileProblem.shown(near) + "?")
                .orElse("");
        return Diagnosis.problem(
                place.id(),
                problem.problem() + "; " + FileProblem.shown(parent) + holds(present),
                problem.fix() + meant);
    }

    /** Returns what a folder holds, as the end of a sentence. */
    static String holds(TreeSet<String> names) {
        if (names.isEmpty()) {
            return " holds nothing";
        }
        return " holds " + listed(names);
    }

    static String listed(TreeSet<String> names) {
        var first = names.stream().limit(LISTED).map(FileProblem::printable).toList();
        String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
        return String.join(", ", first) + more;
    }

    private static TreeSet<String> names(Path folder) {
        var names = new TreeSet<String>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (!name.startsWith("..")) {
                    names.add(name);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // May not be listed, or gone meanwhile: then there is nothing to suggest.
        }
        return names;
    }

    /** The secret itself, or its mount, is a link to nowhere. */
    private Optional<Diagnosis> deadLink() {
        for (Path link : new Path[] {place.mount(), file()}) {
            if (Files.isSymbolicLink(link) && !Files.exists(link)) {
                return Optional.of(Diagnosis.problem(
                        place.id(),
                        "is a link that leads nowhere: " + FileProblem.shown(link) + " points to " + target(link),
                        "put its target there, or mount what it was meant to lead to"));
            }
        }
        return Optional.empty();
    }

    private static String target(Path link) {
        try {
            return FileProblem.shown(Files.readSymbolicLink(link));
        } catch (IOException e) {
            return "something else by now";
        }
    }

    private Optional<Diagnosis> deadData() {
        Path data = place.anchor().folder().resolve(VolumePath.DATA);
        if (!Files.isSymbolicLink(data) || Files.exists(data)) {
            return Optional.empty();
        }
        return Optional.of(Diagnosis.problem(
                place.id(),
                "has no content: its ..data link points to " + target(data) + ", which is not there",
                "restart the pod, so that kubelet writes the volume anew; where it is a copy of a volume, copy the"
                        + " hidden folders too"));
    }

    /** The first thing on the way that this process may not read or search. */
    private Optional<Diagnosis> denied() {
        Path at = place.mount().getRoot();
        if (at == null) {
            return Optional.empty();
        }
        for (Path name : file()) {
            if (!Files.isExecutable(at)) {
                return Optional.of(deniedFolder(at));
            }
            at = at.resolve(name);
        }
        if (!Files.isDirectory(at)) {
            return deniedFile(at);
        }
        if (!Files.isReadable(at) || !Files.isExecutable(at)) {
            return Optional.of(deniedFolder(at));
        }
        for (String name : names(at)) {
            Optional<Diagnosis> denied = deniedFile(at.resolve(name));
            if (denied.isPresent()) {
                return denied;
            }
        }
        return Optional.empty();
    }

    private Optional<Diagnosis> deniedFile(Path file) {
        return Files.isRegularFile(file) && !Files.isReadable(file)
                ? Optional.of(denied(file, "the right to read it"))
                : Optional.empty();
    }

    private Diagnosis deniedFolder(Path folder) {
        return denied(folder, "the rights to read and search that folder");
    }

    private Diagnosis denied(Path what, String right) {
        return Diagnosis.problem(
                place.id(),
                "may not be read: " + FileProblem.shown(what) + FileMode.shown(what) + "; this process is "
                        + ProcessUser.shown(),
                "give this process " + right + ": " + BY_FS_GROUP);
    }
}
