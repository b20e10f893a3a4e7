package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.KubeletVolume;
import io.github.secretsource.test.SecretSourceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("MountedVolumes, one folder per secret as kubelet writes it")
class MountedVolumesContractTest extends SecretSourceContract {

    @TempDir
    Path root;

    @Override
    protected SecretSource source() {
        return MountedVolumes.at(root);
    }

    @Override
    protected SecretId id(String name) {
        return SecretId.of("file", name);
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        with(name, volume -> volume.writeText(fields));
    }

    @Override
    protected void putBytes(String name, byte[] value) {
        with(name, volume -> volume.write(Map.of("field", value)));
    }

    @Override
    protected void remove(String name) {
        with(name, KubeletVolume::unmount);
    }

    private interface Change {
        void to(KubeletVolume volume) throws IOException;
    }

    private void with(String name, Change change) {
        try {
            change.to(KubeletVolume.create(root.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
