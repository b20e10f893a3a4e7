package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.text.Guess;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Finds what stands in the way of a mounted secret, by reading it. Immutable and safe for concurrent use. */
record VolumeDiagnosis(Mounts mounts, VolumeReader reader, boolean exhausted) {

    /** Someone who has a second, no more. */
    private static final FetchContext PATIENT = new FetchContext() {
        @Override
        public Duration remaining() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean freshLogin() {
            return false;
        }

        @Override
        public Optional<String> knownVersion() {
            return Optional.empty();
        }
    };

    List<Diagnosis> of(SecretId id) {
        VolumePath place;
        try {
            place = mounts.locate(id);
        } catch (SecretException e) {
            return List.of(Diagnosis.problem(id, e.problem(), otherMount(id)));
        }
        SecretData data;
        try {
            data = reader.fetch(place, PATIENT);
        } catch (SecretException e) {
            return List.of(new VolumeObstacle(place).explain(e));
        }
        var found = new ArrayList<Diagnosis>();
        rotation(id, data).ifPresent(found::add);
        content(id, data).ifPresent(found::add);
        deadLink(id, place).ifPresent(found::add);
        if (found.isEmpty()) {
            found.add(Diagnosis.healthy(
                    id, "is mounted at " + FileProblem.shown(place.mount()) + " and readable" + fields(data)));
        }
        return found;
    }

    /** What a field may be called: whoever asks for one that is missing looks for its name here. */
    private static String fields(SecretData data) {
        return data.value().isPresent()
                ? ", a file: its one value has no name"
                : ", a folder with the fields "
                        + VolumeObstacle.listed(new TreeSet<>(data.fields().keySet()));
    }

    private String otherMount(SecretId id) {
        String name = id.path().split("/", 2)[0];
        String meant = Guess.nearestInAnySpelling(name, mounts.named().keySet())
                .map(near -> "; did you mean " + FileProblem.shown(near) + "?")
                .orElse("");
        return "begin the path with a name that is mounted, which are "
                + VolumeObstacle.listed(new TreeSet<>(mounts.named().keySet()))
                + ", or mount this one: in configuration by mount." + name + ", in code by mount(\"" + name + "\", ...)"
                + meant;
    }

    private Optional<Diagnosis> rotation(SecretId id, SecretData data) {
        if (!data.rotates()) {
            return Optional.of(Diagnosis.problem(
                    id,
                    "is mounted by subPath and never rotates: what Kubernetes mounts so stays as it was at the start",
                    "remove subPath from the volumeMount and mount the whole volume into a folder of its own"));
        }
        if (exhausted) {
            return Optional.of(Diagnosis.problem(
                    id,
                    "is polled once a second, since the system has no room for another file watch",
                    "raise fs.inotify.max_user_instances or fs.inotify.max_user_watches by sysctl on the node"));
        }
        return Optional.empty();
    }

    private static Optional<Diagnosis> content(SecretId id, SecretData data) {
        boolean empty = data.value()
                .map(value -> value.use(bytes -> bytes.length) == 0)
                .orElseGet(() -> data.fields().isEmpty());
        return empty
                ? Optional.of(Diagnosis.problem(
                        id,
                        "is there, but empty",
                        "see who writes it; in Kubernetes 'kubectl describe secret' lists the keys and their sizes"))
                : Optional.empty();
    }

    private static Optional<Diagnosis> deadLink(SecretId id, VolumePath place) {
        VolumePath.Anchor anchor = place.anchor();
        try (var entries = Files.newDirectoryStream(anchor.folder().resolve(anchor.inside()))) {
            for (Path entry : entries) {
                if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS) && !Files.exists(entry)) {
                    String link = FileProblem.shown(entry.getFileName());
                    return Optional.of(Diagnosis.problem(
                            id, "has a link that leads nowhere: " + link, "put its target there, or remove it"));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A single file, or gone meanwhile: no link to tell about.
        }
        return Optional.empty();
    }
}
