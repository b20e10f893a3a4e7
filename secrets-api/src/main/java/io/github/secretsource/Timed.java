package io.github.secretsource;

/**
 * Something with a next moment in the {@link Agenda}. A class and not an interface, since place and moment live in the
 * thing itself: one object less for each of thousands of secrets.
 */
abstract class Timed {

    /** Reading of the monotonic clock; guarded by the agenda's lock. */
    long at;

    /** Index in the agenda's heap, -1 while not in it; guarded by the agenda's lock. */
    int slot = -1;

    /** Its moment has come. On the timer thread: brief, without user code, source or log. */
    abstract void fire(long now);
}
