package io.github.secretsource.test;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The fault in force, and the waits that end when it changes. Safe for concurrent use. */
final class FaultSwitch {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Fault current = Fault.none(); // guarded by lock
    private boolean closed; // guarded by lock

    Fault current() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    void set(Fault fault) {
        lock.lock();
        try {
            current = fault;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait, now and later. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits as long as the fault says; false as soon as another one is in force, or the switch is closed. */
    boolean pause(Fault fault) throws InterruptedException {
        lock.lock();
        try {
            long left = fault.pause().toNanos();
            while (left > 0 && isInForce(fault)) {
                left = changed.awaitNanos(left);
            }
            return isInForce(fault);
        } finally {
            lock.unlock();
        }
    }

    /** Waits while nothing may pass. */
    void awaitFlow() throws InterruptedException {
        lock.lock();
        try {
            while (current.isHole() && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isInForce(Fault fault) {
        return current == fault && !closed;
    }
}
