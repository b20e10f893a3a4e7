package io.github.secretsource.source;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One look at the files of a secret, all in one generation of the volume and none outside of its root. What a
 * concurrent swap takes away shows as a {@link NoSuchFileException}, and the look is to be repeated. Confined to one
 * thread; used once.
 */
final class VolumeLook {

    static final int MOST_FILES = 1_024;

    private final VolumePath place;
    private final Generation generation;
    private final Path inside;
    private final int limit;
    private final FileContent content = new FileContent();
    private final List<FileState> states = new ArrayList<>();
    private boolean disturbed;
    private boolean hollow;

    private VolumeLook(VolumePath place, Generation generation, Path inside, int limit) {
        this.place = place;
        this.generation = generation;
        this.inside = inside;
        this.limit = limit;
    }

    /** Looks once; empty if the volume was swapped meanwhile. */
    static Optional<VolumeSnapshot> at(VolumePath place, int limit) throws IOException {
        VolumePath.Anchor anchor = place.anchor();
        var generation = Generation.of(root(place, anchor.folder()));
        var look = new VolumeLook(place, generation, anchor.inside(), limit);
        SecretData data = look.data();
        return generation.isCurrent()
                ? Optional.of(new VolumeSnapshot(generation, data, look.states, look.disturbed, look.hollow))
                : Optional.empty();
    }

    private static Path root(VolumePath place, Path folder) throws IOException {
        Path root;
        try {
            root = folder.toRealPath();
        } catch (NoSuchFileException e) {
            throw FileProblem.notMounted(place.id(), place.mount());
        }
        Path within = place.within();
        if (within != null && !root.startsWith(within.toRealPath())) {
            throw FileProblem.outside(place.id(), folder);
        }
        return root;
    }

    private SecretData data() throws IOException {
        Path real = find();
        BasicFileAttributes attributes = attributes(real);
        SecretData data = attributes.isDirectory()
                ? SecretData.of(fields(real, FileState.of(attributes)))
                : SecretData.of(value(real));
        Optional<String> version = generation.version();
        if (version.isPresent() && real.startsWith(generation.base())) {
            return data.withVersion(version.get());
        }
        return MountInfo.current().isFrozen(real) ? data.withoutRotation() : data;
    }

    private Path find() throws IOException {
        Path path = generation.base().resolve(inside);
        try {
            return inRoot(path);
        } catch (NoSuchFileException e) {
            if (!generation.isCurrent() || !Files.isDirectory(generation.base())) {
                throw e;
            }
            return besides();
        } catch (FileSystemException e) {
            if (Files.isRegularFile(path.getParent())) {
                throw FileProblem.missing(place.id(), place.mount(), place.inside());
            }
            throw e;
        }
    }

    /** A file that is not of the volume but mounted next to its links, as a {@code subPath} can be. */
    private Path besides() throws IOException {
        Path beside = generation.root().resolve(inside);
        Path top = generation.root().resolve(inside.getName(0));
        if (generation.target() != null && Files.exists(beside) && !Files.isSymbolicLink(top)) {
            return inRoot(beside);
        }
        if (place.isMountItself()) {
            throw FileProblem.notMounted(place.id(), place.mount());
        }
        throw FileProblem.missing(place.id(), place.mount(), place.inside());
    }

    private Path inRoot(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(generation.root())) {
            throw FileProblem.outside(place.id(), path);
        }
        return real;
    }

    private Map<String, SecretValue> fields(Path directory, FileState before) throws IOException {
        var fields = new HashMap<String, SecretValue>();
        try (var held = HeldDirectory.open(generation.root(), directory)) {
            List<Path> names = held.names(MOST_FILES + 1);
            if (names.size() > MOST_FILES) {
                throw FileProblem.tooMany(place.id(), directory, MOST_FILES);
            }
            for (Path name : names) {
                Optional<SecretValue> value = field(held, name);
                if (value.isPresent()) {
                    fields.put(name.toString(), value.get());
                }
            }
        }
        note(before, FileState.of(attributes(directory)));
        if (fields.isEmpty() && generation.target() == null) {
            throw FileProblem.empty(place.id(), directory);
        }
        return fields;
    }

    /** The value of a field; what belongs to the volume, folders and links that lead nowhere are none. */
    private Optional<SecretValue> field(HeldDirectory held, Path name) throws IOException {
        if (name.toString().startsWith("..")) {
            return Optional.empty();
        }
        BasicFileAttributes attributes = held.attributes(name);
        if (attributes.isDirectory()) {
            return Optional.empty();
        }
        if (!attributes.isSymbolicLink()) {
            return Optional.of(value(held, name, attributes));
        }
        Path real;
        try {
            real = inRoot(held.path().resolve(name));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS) ? Optional.empty() : Optional.of(value(real));
    }

    private SecretValue value(Path real) throws IOException {
        Path parent = Objects.requireNonNull(real.getParent());
        Path name = Objects.requireNonNull(real.getFileName());
        try (var held = HeldDirectory.open(generation.root(), parent)) {
            return value(held, name, held.attributes(name));
        }
    }

    private SecretValue value(HeldDirectory held, Path name, BasicFileAttributes before) throws IOException {
        if (!before.isRegularFile()) {
            throw FileProblem.irregular(place.id(), name);
        }
        if (before.size() > limit) {
            throw FileProblem.tooLarge(place.id(), name, limit);
        }
        Optional<SecretValue> value;
        try (var channel = held.open(name)) {
            value = content.read(channel, before.size(), limit);
        }
        if (value.isEmpty()) {
            throw FileProblem.tooLarge(place.id(), name, limit);
        }
        hollow |= before.size() == 0;
        note(FileState.of(before), FileState.of(held.attributes(name)));
        return value.get();
    }

    private static BasicFileAttributes attributes(Path real) throws IOException {
        return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private void note(FileState before, FileState after) {
        states.add(before);
        disturbed |= !before.equals(after);
    }
}
