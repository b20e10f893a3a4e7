package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Socket;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What connections take from the machine, and what is said when it has nothing left. */
final class DescriptorsTest {
    private static final VaultRequest LOGIN = VaultRequest.post("auth/x/login", Map.of("secret", "not-a-real-secret"));

    private static long sockets() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                count += isSocket(descriptor) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed since
        }
    }

    /** Collects no garbage, which would close what is left. */
    private static boolean soonNoMoreThan(long most) throws IOException {
        long end = Way.soon();
        while (sockets() > most && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(20_000_000);
        }
        return sockets() <= most;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F40 F49 connections of the driver that are closed leave no file descriptor")
    void leavesNone() throws Exception {
        try (FakeVault server = Way.DRIVER.server((heard, to) -> to.answer(200, "Connection: close\r\n", new byte[2]));
                VaultTransport transport = Way.DRIVER.transport()) {
            transport.send(server.address(), LOGIN, Way.soon());
            server.dropConnections();
            long before = sockets();

            for (int more = 0; more < 20; more++) {
                transport.send(server.address(), LOGIN, Way.soon());
            }

            assertThat(server.connections()).isEqualTo(21);
            assertThat(soonNoMoreThan(before))
                    .as("%s, before %s", sockets(), before)
                    .isTrue();
        }
    }

    @Test
    @DisplayName("F40 F49 a guarded socket leaves nothing to the one it is itself, which the JDK would open for it")
    void delegatesAll() {
        assertThat(Arrays.stream(Socket.class.getMethods())
                        .filter(method -> method.getDeclaringClass() == Socket.class)
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> !isDelegated(method)))
                .isEmpty();
    }

    private static boolean isDelegated(Method method) {
        return Arrays.stream(GuardedSocket.class.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }

    @Test
    @DisplayName("F40 where the JDK can make no client, that is named as what stands in the way, and nothing was asked")
    void namesWhatIsMissing() throws Exception {
        var unusable = SSLContext.getInstance("TLS"); // never initialized
        try (VaultTransport transport = new JdkTransport(() -> unusable, System::nanoTime);
                var output = new CapturedOutput()) {
            var thrown = catchThrowableOfType(
                    TransportException.class,
                    () -> transport.send(URI.create("https://localhost:1"), LOGIN, Way.soon()));

            assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
            assertThat(thrown.problem()).isEqualTo("cannot be connected to: this process can open no connection");
            assertThat(thrown.fix()).contains("files", "threads");
            assertThat(output.text()).doesNotContain("Exception in thread");
        }
    }
}
