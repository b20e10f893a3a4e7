package io.github.secretsource.sketch;

import io.github.secretsource.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A store behind a network, as far as a source sees one: it answers with a status, late, or not at all. */
final class RemoteStore {

    static final String CURRENT = "CURRENT";
    static final String PREVIOUS = "PREVIOUS";

    /** What came back; all but the status means something for 200 only, the wait for 429. */
    record Answer(int status, String version, Map<String, String> fields, String lease, Duration time) {
        static Answer of(int status, Duration retryAfter) {
            return new Answer(status, "", Map.of(), "", retryAfter);
        }
    }

    private static final class Item {
        private final List<Map<String, String>> versions = new ArrayList<>();
        private final Map<String, Integer> stages = new HashMap<>();
        private int status = 200;
        private Duration time = Duration.ZERO;
        private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    }

    private final Map<String, Item> items = new HashMap<>();
    private final Map<String, String> leases = new HashMap<>();
    private int minted;

    // ---- what a source asks, over the wire -----------------------------------------------------------------------

    Answer read(String path, String label, Duration timeout) throws InterruptedException {
        return travel(path, timeout) ? answer(path, label) : Answer.of(504, Duration.ZERO);
    }

    /** Current content only; items in trouble have a status of their own, and what is slow is not in the answer. */
    Map<String, Answer> readAll(Iterable<String> paths, Duration timeout) throws InterruptedException {
        var answers = new HashMap<String, Answer>();
        for (String path : paths) {
            if (travel(path, timeout)) {
                answers.put(path, answer(path, CURRENT));
            }
        }
        return answers;
    }

    Answer renew(String lease, Duration timeout) throws InterruptedException {
        String path = pathOf(lease);
        return travel(path, timeout) ? renewal(path, lease) : Answer.of(504, Duration.ZERO);
    }

    synchronized void revoke(String lease) {
        leases.remove(lease);
    }

    private boolean travel(String path, Duration timeout) throws InterruptedException {
        return Timeline.system().await(gate(path), Timeline.system().after(timeout));
    }

    private synchronized CompletableFuture<Void> gate(String path) {
        return item(path).gate;
    }

    private synchronized String pathOf(String lease) {
        return leases.getOrDefault(lease, "");
    }

    private synchronized Answer renewal(String path, String lease) {
        Item item = item(path);
        return item.status == 200 && !leases.containsKey(lease)
                ? Answer.of(404, Duration.ZERO)
                : new Answer(item.status, "", Map.of(), lease, item.time);
    }

    private synchronized Answer answer(String path, String label) {
        Item item = item(path);
        int version = item.stages.getOrDefault(label, label.matches("[0-9]{1,6}") ? Integer.parseInt(label) : 0);
        if (item.status != 200 || version < 1 || version > item.versions.size()) {
            return Answer.of(item.status == 200 ? 404 : item.status, item.time);
        }
        String lease = item.time.isZero() ? "" : "lease/" + path + "/" + ++minted;
        leases.put(lease, path);
        return new Answer(200, Integer.toString(version), item.versions.get(version - 1), lease, item.time);
    }

    private Item item(String path) {
        return items.computeIfAbsent(path, absent -> new Item());
    }

    // ---- what an operator does -----------------------------------------------------------------------------------

    synchronized void put(String path, Map<String, String> fields) {
        Item item = item(path);
        item.versions.add(fields);
        Integer before = item.stages.put(CURRENT, item.versions.size());
        if (before != null) {
            item.stages.put(PREVIOUS, before);
        }
    }

    synchronized void stage(String path, String stage, Map<String, String> fields) {
        item(path).versions.add(fields);
        item(path).stages.put(stage, item(path).versions.size());
    }

    synchronized void remove(String path) {
        items.remove(path);
    }

    synchronized void answerWith(String path, int status, Duration time) {
        item(path).status = status;
        item(path).time = time;
    }

    synchronized void lease(String path, Duration ttl) {
        item(path).time = ttl;
    }

    synchronized void hang(String path) {
        item(path).gate = new CompletableFuture<>();
    }

    synchronized void recover(String path) {
        item(path).status = 200;
        item(path).gate.complete(null);
    }
}
