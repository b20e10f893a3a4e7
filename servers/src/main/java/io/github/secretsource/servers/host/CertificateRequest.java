package io.github.secretsource.servers.host;

import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What a certificate is to hold; made by {@link CertificateAuthority#request}. Not safe for concurrent use. */
public final class CertificateRequest {
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(30);

    private final CertificateAuthority authority;
    private final String commonName;
    private final List<String> organizations = new ArrayList<>();
    private final List<GeneralName> names = new ArrayList<>();
    private Instant from = Instant.now().minus(Duration.ofHours(1));
    private Instant until = Instant.now().plus(Duration.ofDays(7));

    CertificateRequest(CertificateAuthority authority, String commonName) {
        this.authority = authority;
        this.commonName = commonName;
    }

    /**
     * Adds an organization to the subject, which is a group to Kubernetes.
     *
     * @param name the organization
     * @return this
     */
    public CertificateRequest organization(String name) {
        organizations.add(name);
        return this;
    }

    /**
     * Adds a host name.
     *
     * @param name may begin with {@code *.}
     * @return this
     */
    public CertificateRequest host(String name) {
        names.add(new GeneralName(GeneralName.dNSName, name));
        return this;
    }

    /**
     * Adds an address.
     *
     * @param address in digits
     * @return this
     */
    public CertificateRequest address(String address) {
        names.add(new GeneralName(GeneralName.iPAddress, address));
        return this;
    }

    /**
     * Sets when it is valid.
     *
     * @param notBefore first moment
     * @param notAfter last moment
     * @return this
     */
    public CertificateRequest valid(Instant notBefore, Instant notAfter) {
        from = notBefore;
        until = notAfter;
        return this;
    }

    /**
     * Makes a key and the certificate for it.
     *
     * @return both
     */
    public Identity issue() {
        KeyPair keys = CertificateAuthority.newKeys();
        return new Identity(certificate(subject(), keys, false), keys.getPrivate());
    }

    X509Certificate authority() {
        until = Instant.now().plus(AUTHORITY_VALIDITY);
        return certificate(authority.name(), authority.keys(), true);
    }

    private X500Name subject() {
        var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName);
        organizations.forEach(name -> subject.addRDN(BCStyle.O, name));
        return subject.build();
    }

    private X509Certificate certificate(X500Name subject, KeyPair keys, boolean isAuthority) {
        var builder = new JcaX509v3CertificateBuilder(
                authority.name(), authority.nextSerial(), Date.from(from), Date.from(until), subject, keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }));
            }
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                    .build(authority.keys().getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (CertIOException | OperatorCreationException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }
}
