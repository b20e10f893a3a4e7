package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import java.util.ArrayList;
import java.util.List;

/** What a decision about one secret has to tell: collected under its keeper's lock, told after it is released. */
final class News {

    private final Engine engine;
    private final Keeper keeper;
    private final Snapshot before;
    private final List<SecretEvent> events = new ArrayList<>(2);
    private boolean onTimer;
    private boolean used;
    private boolean retired;
    private boolean sourceIsBack;

    /** Made under the lock, before anything is decided. */
    News(Engine engine, Keeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
        this.before = keeper.current();
        this.events.addAll(keeper.takeUntold());
    }

    List<SecretEvent> events() {
        return events;
    }

    /** It is told on the timer thread, which runs no code but bookkeeping. */
    void onTimer() {
        onTimer = true;
    }

    /** It was read since the last look. */
    void used() {
        used = true;
    }

    /** It left memory. */
    void retired() {
        retired = true;
    }

    /** Its source was down and answers again. */
    void sourceIsBack() {
        sourceIsBack = true;
    }

    boolean hasNewContent() {
        return keeper.current().sequence() != before.sequence();
    }

    /** Handles first, since they serve readers; then those who watch. */
    void tell() {
        Snapshot now = keeper.current();
        if (now.sequence() != before.sequence()) {
            for (LiveSecret<?> handle : keeper.holders()) {
                handle.showing().changed(onTimer);
            }
        } else if (now.secret() != before.secret()) {
            for (LiveSecret<?> handle : keeper.holders()) {
                handle.showing().relabelled();
            }
        }
        for (SecretEvent event : events) {
            engine.events().emit(event);
        }
        if (sourceIsBack) {
            engine.sourceIsBack(keeper.lane());
        }
        if (retired) {
            engine.eviction().leaves(keeper);
        } else if (used) {
            engine.eviction().used(keeper);
        }
    }

    /** Tells those who wait last: by then handles serve the news. They are told whatever happens. */
    void tell(Flight flown, Landing landing) {
        try {
            tell();
        } finally {
            flown.done().complete(landing);
        }
    }
}
