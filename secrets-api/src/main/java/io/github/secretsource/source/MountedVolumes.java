package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets from mounted volumes: what kubelet, the Secrets Store CSI driver, Vault Agent and plain scripts put into
 * folders. A folder is a secret and each file in it a field, {@code file:db#password}; a single file is a secret of one
 * value, {@code file:token}; {@code file:db/replica} is a folder or a file inside a mount.
 *
 * <pre>{@code
 * MountedVolumes volumes = MountedVolumes.builder()
 *         .mount("db", Path.of("/etc/secret"))
 *         .mount("token", Path.of("/var/run/secrets/token"))
 *         .build();
 * }</pre>
 *
 * <p>All fields of one answer come from one generation of the volume, bytes are untouched, and no link leads out of a
 * mount. Changes are noticed at once where the system reports file events, else within a second. What is mounted by
 * {@code subPath} never changes and says so.
 *
 * <p>Safe for concurrent use. All mounts share one watch service and one thread.
 */
public final class MountedVolumes implements SecretSource {

    private static final SourceTraits TRAITS = SourceTraits.defaults()
            .linearizable()
            .withHintGap(Duration.ofMillis(50))
            .withPolicy(RefreshPolicy.unset()
                    .withRefreshAfter(Duration.ofSeconds(60))
                    .withMaxStale(Duration.ofMinutes(10)))
            .withPathRule(new PathRule());

    /** A class and not a method reference, which would cost a program's start some milliseconds. */
    private static final class PathRule implements Function<SecretId, Optional<String>> {

        @Override
        public Optional<String> apply(SecretId id) {
            return Mounts.problemWith(id);
        }
    }

    private final Mounts mounts;
    private final VolumeReader reader;
    private final FileEvents.Opening opening;
    private volatile @Nullable VolumeWatch watch;

    private MountedVolumes(Builder builder) {
        this.mounts = new Mounts(Map.copyOf(builder.named), builder.root);
        this.reader = new VolumeReader(builder.maximumSize, builder.settle);
        this.opening = builder.opening;
    }

    /**
     * Returns a source of everything below one folder: each subfolder is a volume, each file a secret of one value.
     *
     * @param root the folder, such as {@code /run/secrets}
     * @return the source, with the defaults of {@link Builder}
     */
    public static MountedVolumes at(Path root) {
        return builder().root(root).build();
    }

    /**
     * Returns a builder, to mount under names.
     *
     * @return a builder without mounts
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        return reader.fetch(mounts.locate(id), context);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        VolumeWatch started = watch;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started.add(mounts.locate(id), mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        return TRAITS;
    }

    @Override
    public void start(SourceContext context) {
        watch = new VolumeWatch(context, opening);
    }

    /** Loads what reports a failure: a process that is out of descriptors cannot load classes from a folder either. */
    @Override
    public void warm() {
        var unused = FileProblem.of(SecretId.of("file", "none"), new IOException());
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        VolumeWatch started = watch;
        var diagnosis = new VolumeDiagnosis(mounts, reader, started != null && started.isExhausted());
        var found = new ArrayList<Diagnosis>();
        for (SecretId id : ids) {
            found.addAll(diagnosis.of(id));
        }
        return found;
    }

    @Override
    public void close() {
        VolumeWatch started = watch;
        if (started != null) {
            started.close();
        }
    }

    /** Collects mounts and settings. Not safe for concurrent use; {@link #build} does not change it. */
    public static final class Builder {

        private static final int LARGEST = 1 << 30;

        private final Map<String, Path> named = new TreeMap<>();
        private @Nullable Path root;
        private int maximumSize = 1 << 20;
        private Duration settle = Duration.ofMillis(50);
        private FileEvents.Opening opening = new SystemEvents();

        private Builder() {}

        /**
         * Mounts a folder, or a single file, under a name.
         *
         * @param name the first segment of the paths of its secrets
         * @param path where it is; need not exist yet
         * @return this builder
         * @throws IllegalArgumentException if the name is no segment of a path or taken, or the path is not of the
         *     default file system
         */
        public Builder mount(String name, Path path) {
            SecretId.of("file", name);
            if (name.indexOf('/') >= 0) {
                throw new IllegalArgumentException("mount name must not contain '/': " + name);
            }
            if (named.putIfAbsent(name, absolute(path)) != null) {
                throw new IllegalArgumentException("mount '" + name + "' is given twice");
            }
            return this;
        }

        /**
         * Sets the folder below which every name that is not mounted is looked up.
         *
         * @param folder each subfolder of it is a volume, each file a secret of one value
         * @return this builder
         * @throws IllegalArgumentException if the path is not of the default file system
         */
        public Builder root(Path folder) {
            root = absolute(folder);
            return this;
        }

        /**
         * Sets the most bytes of one file. Larger ones are refused before they are read.
         *
         * @param bytes 1 to 1,073,741,824; 1,048,576 unless set, which is all that a Kubernetes secret can hold
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder maximumSize(long bytes) {
            if (bytes < 1 || bytes > LARGEST) {
                throw new IllegalArgumentException("maximumSize must be 1 to " + LARGEST + " bytes: " + bytes);
            }
            maximumSize = (int) bytes;
            return this;
        }

        /**
         * Sets how long a plain file must have been left alone before it is delivered, for writers that truncate a file
         * and write it again. Files of a kubelet volume do not wait. An empty file does, in any folder: a file that is being
         * rewritten is empty at first, and file systems change its time after its size.
         *
         * @param time 0 to 1 second; 50 ms unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder settle(Duration time) {
            if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException("settle must be 0 to 1 second: " + time);
            }
            settle = time;
            return this;
        }

        /**
         * Looks once a second instead of waiting for events, for file systems that report none, such as NFS.
         *
         * @return this builder
         */
        public Builder pollOnly() {
            opening = Optional::empty;
            return this;
        }

        /** For tests: where watch services come from. */
        Builder events(FileEvents.Opening other) {
            opening = other;
            return this;
        }

        /**
         * Returns the source.
         *
         * @return a new source
         * @throws IllegalArgumentException if there is neither a mount nor a root
         */
        public MountedVolumes build() {
            if (named.isEmpty() && root == null) {
                throw new IllegalArgumentException("nothing is mounted: give a mount or a root");
            }
            return new MountedVolumes(this);
        }

        private static Path absolute(Path path) {
            if (path.getFileSystem() != FileSystems.getDefault()) {
                throw new IllegalArgumentException("path must be of the default file system: " + path);
            }
            return path.toAbsolutePath();
        }
    }
}
