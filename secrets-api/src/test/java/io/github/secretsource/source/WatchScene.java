package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;

import io.github.secretsource.Subscription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sources of what is below a folder, one listener, and a second that passes on call. */
final class WatchScene implements AutoCloseable {

    final VolumeContext context = new VolumeContext();
    final Hints hints = new Hints();
    private final List<MountedVolumes> started = new ArrayList<>();
    private final Path root;

    WatchScene(Path root) {
        this.root = root;
    }

    MountedVolumes start() {
        return start(MountedVolumes.builder().root(root));
    }

    MountedVolumes start(MountedVolumes.Builder builder) {
        var volumes = builder.build();
        volumes.start(context);
        started.add(volumes);
        return volumes;
    }

    Subscription watchEvents(String path) {
        return start().watch(id(path), hints);
    }

    Subscription watchByPoll(String path) {
        return start(MountedVolumes.builder().root(root).pollOnly()).watch(id(path), hints);
    }

    /** Lets a second pass and says whether there was a hint until its end. */
    boolean secondHints() {
        context.second();
        return hints.taken() > 0;
    }

    /** Whether seconds go by without a hint, once the events under way have come. */
    boolean becomesQuiet() {
        int quiet = 0;
        for (int second = 0; second < 100 && quiet < 2; second++) {
            quiet = secondHints() ? 0 : quiet + 1;
        }
        return quiet == 2;
    }

    @Override
    public void close() {
        started.forEach(MountedVolumes::close);
        context.close();
    }
}
