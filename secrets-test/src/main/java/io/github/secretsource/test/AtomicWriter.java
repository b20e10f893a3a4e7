package io.github.secretsource.test;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.util.stream.Collectors.toCollection;

import io.github.secretsource.test.KubeletVolume.Step;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The steps of kubelet's atomic writer (pkg/volume/util/atomic_writer.go), in the order of current releases, which
 * create new links after the swap. One thread at a time may write, readers need no coordination.
 */
final class AtomicWriter {
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("'..'uuuu_MM_dd_HH_mm_ss.");

    private final Path folder;
    private final Path data;
    private final Path nextData;

    AtomicWriter(Path folder) {
        this.folder = folder;
        this.data = folder.resolve("..data");
        this.nextData = folder.resolve("..data_tmp");
    }

    Path dataDirectory() throws IOException {
        return folder.resolve(Files.readSymbolicLink(data));
    }

    boolean write(Map<String, byte[]> files, Consumer<Step> onStep) throws IOException {
        var payload = clean(files);
        var old = current();
        if (old.isPresent() && holds(old.get(), payload)) {
            linkNewNames(payload);
            return false;
        }
        var gone = old.isPresent() ? names(filesIn(old.get())) : new TreeSet<Path>();
        gone.removeAll(names(payload.keySet()));
        swap(payload, onStep);
        for (var name : gone) {
            Files.deleteIfExists(folder.resolve(name));
        }
        onStep.accept(Step.GONE_NAMES_UNLINKED);
        if (old.isPresent()) {
            deleteTree(old.get());
        }
        onStep.accept(Step.OLD_DIRECTORY_REMOVED);
        return true;
    }

    private Optional<Path> current() throws IOException {
        return Files.exists(data, NOFOLLOW_LINKS) ? Optional.of(dataDirectory()) : Optional.empty();
    }

    private void swap(SortedMap<Path, byte[]> payload, Consumer<Step> onStep) throws IOException {
        var next = newDirectory();
        onStep.accept(Step.DIRECTORY_CREATED);
        for (var file : payload.entrySet()) {
            createParents(next, file.getKey());
            writeFile(next.resolve(file.getKey()), file.getValue());
        }
        onStep.accept(Step.FILES_WRITTEN);
        Files.createSymbolicLink(nextData, next.getFileName());
        onStep.accept(Step.NEXT_LINK_CREATED);
        Files.move(nextData, data, StandardCopyOption.ATOMIC_MOVE);
        onStep.accept(Step.DATA_SWAPPED);
        linkNewNames(payload);
        onStep.accept(Step.NEW_NAMES_LINKED);
    }

    /** Go's MkdirTemp: the pattern of the time, then a random number of 32 bits. */
    private Path newDirectory() throws IOException {
        while (true) {
            var random = Integer.toUnsignedString(ThreadLocalRandom.current().nextInt());
            var directory = folder.resolve(TIMESTAMP.format(LocalDateTime.now(ZoneOffset.UTC)) + random);
            try {
                return setMode(Files.createDirectory(directory), "rwxr-xr-x");
            } catch (FileAlreadyExistsException e) {
                // The same second and the same number: draw again.
            }
        }
    }

    private void linkNewNames(SortedMap<Path, byte[]> payload) throws IOException {
        for (var name : names(payload.keySet())) {
            var link = folder.resolve(name);
            if (!Files.exists(link, NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, data.getFileName().resolve(name));
            }
        }
    }

    private static SortedMap<Path, byte[]> clean(Map<String, byte[]> files) {
        var payload = new TreeMap<Path, byte[]>();
        files.forEach((name, content) -> payload.put(PayloadPath.of(name), content));
        return payload;
    }

    private static boolean holds(Path directory, SortedMap<Path, byte[]> payload) throws IOException {
        if (!filesIn(directory).equals(payload.keySet())) {
            return false;
        }
        for (var file : payload.entrySet()) {
            if (!Arrays.equals(file.getValue(), Files.readAllBytes(directory.resolve(file.getKey())))) {
                return false;
            }
        }
        return true;
    }

    private static Set<Path> filesIn(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return Set.of();
        }
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).map(directory::relativize).collect(toCollection(TreeSet::new));
        }
    }

    /** What a user sees in the volume: the first element of every path. */
    private static Set<Path> names(Set<Path> paths) {
        return paths.stream().map(path -> path.getName(0)).collect(toCollection(TreeSet::new));
    }

    private static void createParents(Path directory, Path file) throws IOException {
        var parent = directory;
        for (int i = 0; i < file.getNameCount() - 1; i++) {
            parent = parent.resolve(file.getName(i));
            if (!Files.isDirectory(parent)) {
                setMode(Files.createDirectory(parent), "rwxr-xr-x");
            }
        }
    }

    static void writeFile(Path file, byte[] content) throws IOException {
        setMode(Files.write(file, content), "rw-r--r--");
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, NOFOLLOW_LINKS)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Path setMode(Path path, String mode) throws IOException {
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString(mode));
        }
        return path;
    }
}
