package io.github.secretsource.servers.aws;

/** A fault that the server has. */
public final class ActiveFault implements AutoCloseable {
    private final Control control;
    private final String id;

    ActiveFault(Control control, String id) {
        this.control = control;
        this.id = id;
    }

    /** Ends the fault. */
    @Override
    public void close() {
        control.send("DELETE", "/control/faults/" + id, null);
    }
}
