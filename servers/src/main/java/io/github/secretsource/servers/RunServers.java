package io.github.secretsource.servers;

import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.host.ServerMissingException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Starts servers and says how to reach them, until it is interrupted. Its arguments are their names; without any it
 * starts all but {@code vault}. What it prints holds the tokens and passwords of these servers, on purpose.
 */
final class RunServers {
    private static final List<Kind> STANDARD =
            Arrays.stream(Kind.values()).filter(kind -> kind != Kind.VAULT).toList();

    private final Deque<Server> running = new ArrayDeque<>();

    private RunServers() {}

    /**
     * Runs until SIGINT or SIGTERM.
     *
     * @param names of servers
     * @throws InterruptedException never by itself
     */
    public static void main(String[] names) throws InterruptedException {
        for (String name : names) {
            if (Kind.named(name).isEmpty()) {
                System.err.println("there is no server '" + name + "'; there are: " + List.of(Kind.values()));
                System.exit(2);
            }
        }
        List<Kind> kinds = names.length == 0
                ? STANDARD
                : Arrays.stream(names)
                        .map(Kind::named)
                        .map(kind -> kind.orElseThrow())
                        .toList();
        var servers = new RunServers();
        Runtime.getRuntime().addShutdownHook(new Thread(servers::end, "end of the servers"));
        try {
            kinds.forEach(servers::start);
        } catch (ServerMissingException | AssertionError e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.out.println("All are ready. Ctrl-C ends them.");
        new CountDownLatch(1).await();
    }

    private void start(Kind kind) {
        Server server = kind.start().get();
        synchronized (running) {
            running.push(server);
        }
        System.out.println(kind);
        server.reach().forEach(line -> System.out.println("    " + line));
        System.out.println();
    }

    private void end() {
        synchronized (running) {
            while (!running.isEmpty()) {
                running.pop().close();
            }
        }
        System.out.println("All have ended.");
    }
}
