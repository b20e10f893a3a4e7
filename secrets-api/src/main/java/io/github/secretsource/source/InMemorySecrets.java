package io.github.secretsource.source;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.source.MemorySecret.LeaseTerms;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Secrets held in memory: the fake for tests. It stands in for any store under any source name, fails as scripted, path
 * by path, and counts what it is asked.
 *
 * <pre>{@code
 * var vault = InMemorySecrets.create().put("app/db", Map.of("username", "app", "password", "first"));
 * vault.put("app/db", Map.of("username", "app", "password", "second"));   // rotates; whoever watches is told
 * vault.fail("app/db");                                                   // unavailable until recover("app/db")
 * }</pre>
 *
 * <p>What changes a secret or the right to read it hints its watchers at once, on the calling thread; an outage hints
 * nobody, since a store that is down cannot, but its end does. Of several troubles of one path the last one counts. All
 * waiting is on the {@link Timeline} given at start. Safe for concurrent use. After {@link #close} everything but the
 * methods that observe throws {@link IllegalStateException}.
 */
public final class InMemorySecrets implements SecretSource {

    private final MemoryStore store = new MemoryStore();
    private final MemoryWatches watches = new MemoryWatches();
    private volatile Timeline timeline = Timeline.system();
    private volatile int batchSize = 100;
    private volatile boolean silent;

    private InMemorySecrets() {}

    /**
     * Returns a source without secrets.
     *
     * @return a new source
     */
    public static InMemorySecrets create() {
        return new InMemorySecrets();
    }

    /**
     * Makes this a store without watches: it never hints. Said before the source is used.
     *
     * @return this source
     */
    public InMemorySecrets silent() {
        silent = true;
        return this;
    }

    /**
     * Sets how many secrets one batch takes; 100 unless said. Said before the source is used.
     *
     * @param size 1 to 10,000; 1 means no batches
     * @return this source
     */
    public InMemorySecrets batchSize(int size) {
        batchSize = SourceTraits.defaults().withBatchSize(size).batchSize();
        return this;
    }

    /**
     * Makes one value of text the current version; versions are numbered from 1, path by path.
     *
     * @param path of the secret
     * @param value the whole content
     * @return this source
     */
    public InMemorySecrets put(String path, String value) {
        return put(path, SecretData.of(SecretValue.of(value)));
    }

    /**
     * Makes fields of text the current version.
     *
     * @param path of the secret
     * @param fields name to value
     * @return this source
     */
    public InMemorySecrets put(String path, Map<String, String> fields) {
        var values = new TreeMap<String, SecretValue>();
        fields.forEach((name, text) -> values.put(name, SecretValue.of(text)));
        return put(path, SecretData.of(values));
    }

    /**
     * Makes data the current version.
     *
     * @param path of the secret
     * @param data the content; its version counts if it has one, else the next number
     * @return this source
     */
    public InMemorySecrets put(String path, SecretData data) {
        return changed(path, secret -> secret.put(data));
    }

    /**
     * Adds a version that a stage points at; the current one stays.
     *
     * @param path of the secret
     * @param stage such as {@code AWSPENDING}
     * @param value the whole content
     * @return this source
     */
    public InMemorySecrets putStage(String path, String stage, String value) {
        return changed(path, secret -> secret.putStage(stage, SecretData.of(SecretValue.of(value))));
    }

    /**
     * Removes a secret with all its versions and stages; numbering goes on if it is put again.
     *
     * @param path of the secret
     */
    public void remove(String path) {
        changed(path, MemorySecret::remove);
    }

    /**
     * Lets the current version die at a moment of the wall clock.
     *
     * @param path of a secret that was put
     * @param moment when it dies
     */
    public void expireAt(String path, Instant moment) {
        changed(path, secret -> secret.expireAt(moment));
    }

    /**
     * Gives each fetch of a secret a new renewable lease. Renewals follow the terms of this moment.
     *
     * @param path of the secret
     * @param ttl how long leases last; zero says nothing about it
     */
    public void lease(String path, Duration ttl) {
        changed(path, secret -> secret.lease = new LeaseTerms(ttl, true));
    }

    /**
     * Gives each fetch of a secret a new lease that cannot be renewed.
     *
     * @param path of the secret
     * @param ttl how long leases last
     */
    public void fixedLease(String path, Duration ttl) {
        changed(path, secret -> secret.lease = new LeaseTerms(ttl, false));
    }

    /**
     * Denies a secret until {@link #allow}.
     *
     * @param path of the secret
     */
    public void deny(String path) {
        changed(path, s -> s.trouble = id -> new SecretAccessException(id, "is denied", "allow it"));
    }

    /**
     * Ends what {@link #deny}, {@link #fail}, {@link #throttle} or {@link #corrupt} began.
     *
     * @param path of the secret
     */
    public void allow(String path) {
        changed(path, secret -> secret.trouble = null);
    }

    /**
     * Denies everything until a fetch that logs in anew, as a store does when a token is revoked. Hints nobody.
     */
    public void endLogin() {
        store.logOut();
    }

    /**
     * Breaks the content of a secret until {@link #recover}.
     *
     * @param path of the secret
     */
    public void corrupt(String path) {
        changed(path, s -> s.trouble = id -> new SecretFormatException(id, "is malformed", "recover it"));
    }

    /**
     * Makes a secret unavailable until {@link #recover}; its leases too.
     *
     * @param path of the secret
     */
    public void fail(String path) {
        store.change(path, s -> s.trouble = id -> new SecretUnavailableException(id, "is unavailable", "recover it"));
    }

    /** Makes all secrets unavailable until {@link #recoverAll}. */
    public void failAll() {
        store.down(true);
    }

    /** Ends what {@link #failAll} began and hints all watchers. */
    public void recoverAll() {
        store.down(false);
        watches.hintAll();
    }

    /**
     * Throttles a secret until {@link #recover}.
     *
     * @param path of the secret
     * @param retryAfter how long the source asks to wait
     */
    public void throttle(String path, Duration retryAfter) {
        store.change(path, s -> s.trouble = id -> SecretUnavailableException.throttled(id, retryAfter));
    }

    /**
     * Makes fetches of a secret take time.
     *
     * @param path of the secret
     * @param time how long each takes, on the timeline; zero for none
     */
    public void delay(String path, Duration time) {
        store.change(path, secret -> secret.delay(time));
    }

    /**
     * Makes fetches of a secret hang until {@link #recover}, an interrupt or {@link #close}.
     *
     * @param path of the secret
     */
    public void hang(String path) {
        store.change(path, secret -> secret.hang(false));
    }

    /**
     * Makes fetches of a secret hang as {@link #hang} does, but deaf to interrupts.
     *
     * @param path of the secret
     */
    public void hangDeaf(String path) {
        store.change(path, secret -> secret.hang(true));
    }

    /**
     * Ends every trouble of a secret but its delay: hung calls go on.
     *
     * @param path of the secret
     */
    public void recover(String path) {
        store.recover(path);
        watches.hint(path);
    }

    /**
     * Hints the watchers of a secret though nothing changed.
     *
     * @param path of the secret
     */
    public void hint(String path) {
        changed(path, secret -> {});
    }

    private InMemorySecrets changed(String path, Consumer<MemorySecret> change) {
        store.change(path, change);
        watches.hint(path);
        return this;
    }

    /**
     * Returns how often a secret was asked for, alone or in a batch, failures included.
     *
     * @param path of the secret
     * @return the number of calls begun
     */
    public int fetches(String path) {
        return fetchTimes(path).size();
    }

    /**
     * Returns when a secret was asked for.
     *
     * @param path of the secret
     * @return readings of {@link Timeline#nanos()} at the begin of each call, in order; unmodifiable
     */
    public List<Long> fetchTimes(String path) {
        return store.fetchTimes(path);
    }

    /**
     * Returns what was done with leases.
     *
     * @return the counts so far, over all secrets
     */
    public LeaseCounts leases() {
        return store.counts();
    }

    /**
     * Returns what is being watched.
     *
     * @return an id per open watch; unmodifiable
     */
    public List<SecretId> openWatches() {
        return watches.ids();
    }

    /**
     * Checks that every watch has been closed, as it must be after {@code Secrets.close()}.
     *
     * @throws IllegalStateException naming those still open
     */
    public void checkNoWatches() {
        List<SecretId> leaked = openWatches();
        if (!leaked.isEmpty()) {
            throw new IllegalStateException(leaked.size() + " watches still open: " + leaked);
        }
    }

    @Override
    public void start(SourceContext context) {
        timeline = context.timeline();
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        hold(Set.of(id), context);
        return store.answer(id);
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        hold(ids, context);
        return store.answers(ids);
    }

    /** Notes the call and holds it up as scripted; a batch takes as long as its slowest secret. */
    private void hold(Set<SecretId> ids, FetchContext context) {
        store.called(ids, timeline, context.freshLogin()).forEach((id, pause) -> pause.await(id, timeline));
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        store.requireOpen();
        return silent ? Subscription.NONE : watches.add(id, mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        return SourceTraits.defaults()
                .withSelectors(Selector.PREVIOUS, Selector.VERSION, Selector.STAGE)
                .withBatchSize(batchSize)
                .withHintGap(Duration.ofMillis(50))
                .withLeadingSlash()
                .withTrailingSlash()
                .linearizable();
    }

    /** Ends hung calls; watches that were not closed stay listed in {@link #openWatches}. */
    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return "InMemorySecrets";
    }
}
