package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Server;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes of OpenBao with raft storage, of which one is active. Two show a standby and a change of the active one; with one
 * of two gone nothing can be written, so a test that kills needs three. Safe for concurrent use.
 */
public final class OpenBaoCluster implements Server {
    private final List<OpenBao> nodes;

    private OpenBaoCluster(List<OpenBao> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Starts nodes that trust each other and share one token and one authority.
     *
     * @param size how many
     * @return nodes that answer
     */
    public static OpenBaoCluster start(int size) {
        var nodes = new ArrayList<OpenBao>();
        try {
            nodes.add(OpenBao.startRaft());
            while (nodes.size() < size) {
                nodes.add(nodes.get(0).joined());
            }
            return new OpenBaoCluster(nodes);
        } catch (RuntimeException | AssertionError e) {
            nodes.forEach(OpenBao::close);
            throw e;
        }
    }

    /** Returns all nodes, in the order in which they were started. */
    public List<OpenBao> nodes() {
        return nodes;
    }

    /** Returns the node that is active now; waits for one. */
    public OpenBao active() {
        var found = new ArrayList<OpenBao>();
        Deadline.await(
                "a node is active",
                VaultServer.LIMIT,
                () -> nodes.stream()
                        .filter(OpenBaoCluster::isActive)
                        .findFirst()
                        .map(found::add)
                        .isPresent());
        return found.get(0);
    }

    /** Returns a node that is not active now; there are at least two. */
    public OpenBao standby() {
        OpenBao active = active();
        return nodes.stream().filter(node -> node != active).findFirst().orElseThrow();
    }

    /** Makes the active node step down, and returns when another one is active. */
    public void stepDown() {
        OpenBao before = active();
        before.admin().client().send("PUT", "/v1/sys/step-down").ok();
        Deadline.await(
                "another node is active",
                VaultServer.LIMIT,
                () -> nodes.stream().anyMatch(node -> node != before && isActive(node)));
    }

    private static boolean isActive(OpenBao node) {
        try {
            return node.isActive();
        } catch (UncheckedIOException e) {
            // It was killed.
            return false;
        }
    }

    @Override
    public List<String> reach() {
        return nodes.stream().flatMap(node -> node.reach().stream()).toList();
    }

    @Override
    public void close() {
        nodes.forEach(OpenBao::close);
    }
}
