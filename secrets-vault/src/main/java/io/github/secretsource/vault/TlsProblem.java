package io.github.secretsource.vault;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What stands in the way of TLS, told from the classes of what the JDK throws. Stateless. */
final class TlsProblem {
    private static final int MAX_CAUSES = 10;

    private TlsProblem() {}

    /** The rest of a sentence about the server. */
    static String of(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof CertificateExpiredException) {
                return "shows a TLS certificate that has expired";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "shows a TLS certificate that is not valid yet";
            }
            if (cause instanceof SSLPeerUnverifiedException || names(cause)) {
                return "shows a TLS certificate of another host name";
            }
            if (cause instanceof java.security.cert.CertPathBuilderException
                    || cause instanceof java.security.cert.CertPathValidatorException) {
                return "shows a TLS certificate of an authority that is not trusted";
            }
            cause = cause.getCause();
        }
        return "does not agree on TLS with this client";
    }

    private static boolean names(Throwable cause) {
        return cause.getClass() == java.security.cert.CertificateException.class
                && String.valueOf(cause.getMessage()).contains("subject alternative");
    }
}
