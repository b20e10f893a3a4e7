package io.github.secretsource.vault;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Where the servers are: https, or plain http on this machine. The one that answered last is asked first. */
final class Addresses {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private final List<URI> all;
    private final AtomicInteger first = new AtomicInteger();

    Addresses(List<URI> all) {
        this.all = List.copyOf(all);
    }

    int size() {
        return all.size();
    }

    /** The address to ask at an attempt, counted from zero. */
    URI at(int start, int attempt) {
        return all.get((start + attempt) % all.size());
    }

    int start() {
        return first.get();
    }

    void answered(URI address) {
        first.set(all.indexOf(address));
    }

    /** Asks another one first, unless somebody else has seen to that: what hangs takes all the time of a call. */
    void failed(URI address) {
        int index = all.indexOf(address);
        first.compareAndSet(index, (index + 1) % all.size());
    }

    static int port(URI address) {
        if (address.getPort() > 0) {
            return address.getPort();
        }
        return isPlain(address) ? HTTP : HTTPS;
    }

    static boolean isPlain(URI address) {
        return "http".equalsIgnoreCase(address.getScheme());
    }

    /**
     * Checks an address and brings it into the form that requests are appended to.
     *
     * @throws IllegalArgumentException if tokens must not be sent there; without echoing what may hold a password
     */
    static URI checked(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new IllegalArgumentException("address must begin with https://");
        }
        if (address.getRawUserInfo() != null) {
            throw new IllegalArgumentException("address must not hold a user or a password");
        }
        if (address.getHost() == null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException("address must be scheme, host and port");
        }
        String path = address.getRawPath();
        if (!path.isEmpty() && !path.equals("/")) {
            throw new IllegalArgumentException("address must not have a path; /v1 is added");
        }
        if (scheme.equals("http") && !isLoopback(address.getHost())) {
            throw new IllegalArgumentException(
                    "address must begin with https://: tokens are sent in clear by http, except on this machine");
        }
        return URI.create(scheme + "://" + address.getRawAuthority());
    }

    /** By the text alone: a name that DNS answers with a loopback address may be answered otherwise tomorrow. */
    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        boolean isNumber = host.startsWith("[") || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        try {
            return isNumber && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
