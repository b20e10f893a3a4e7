package io.github.secretsource.vault;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What stands in the way of TLS, told from what the JDK throws. Stateless. */
final class TlsProblem {
    private static final int MAX_CAUSES = 10;

    private TlsProblem() {}

    /** Whether it kept TLS from beginning, so that nothing was asked. */
    static boolean isBeforeRequest(Throwable thrown) {
        return has(
                thrown,
                cause -> cause instanceof SSLHandshakeException
                        || cause instanceof SSLPeerUnverifiedException
                        || isPlain(cause));
    }

    /** The rest of a sentence about the server. A certificate that has expired is a path that is not valid, too. */
    static String of(Throwable thrown) {
        if (has(thrown, cause -> cause instanceof CertificateExpiredException)) {
            return "shows a TLS certificate that has expired";
        }
        if (has(thrown, cause -> cause instanceof CertificateNotYetValidException)) {
            return "shows a TLS certificate that is not valid yet";
        }
        if (has(thrown, cause -> cause instanceof SSLPeerUnverifiedException || names(cause))) {
            return "shows a TLS certificate of another host name";
        }
        if (has(
                thrown,
                cause -> cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException)) {
            return "shows a TLS certificate of an authority that is not trusted";
        }
        if (has(thrown, TlsProblem::isPlain)) {
            return "does not speak TLS there";
        }
        return "does not agree on TLS with this client";
    }

    private static boolean has(Throwable thrown, Predicate<Throwable> wanted) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (wanted.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean names(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause.getClass() == CertificateException.class
                && (message.contains("subject alternative") || message.contains("No name matching"));
    }

    /** Said of the first bytes alone; once TLS has begun the JDK has other words. */
    private static boolean isPlain(Throwable cause) {
        return cause instanceof SSLException
                && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
    }
}
