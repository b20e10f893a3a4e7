package io.github.secretsource.servers.azure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults that tests asked for; the first that fits strikes. */
final class Faults {
    private final List<Active> active = new CopyOnWriteArrayList<>();

    private record Active(AzureFault fault, AtomicInteger left, CountDownLatch over) {
        boolean strikes(Call call) {
            return fault.strikes(call) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        }
    }

    void add(AzureFault fault) {
        active.add(new Active(fault, new AtomicInteger(fault.times()), new CountDownLatch(1)));
    }

    void recover() {
        for (Active one : List.copyOf(active)) {
            active.remove(one);
            one.over.countDown();
        }
    }

    /** Returns if nothing is wrong, or only slow. */
    void strike(Call call) {
        for (Active one : active) {
            if (one.strikes(call)) {
                await(one);
                Answer answer = one.fault.answer();
                if (answer != null) {
                    throw new Refusal(answer);
                }
                return;
            }
        }
    }

    private static void await(Active one) {
        try {
            var unused = one.over.await(one.fault.delay().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(Answer.empty(503));
        }
    }
}
