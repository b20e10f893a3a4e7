package org.example.outside;

import io.github.secretsource.SecretValue;

/** A program that has the library only as its published jars. */
public final class Outside {

    private Outside() {}

    public static void main(String[] args) {
        System.out.println(SecretValue.class.getModule() + " has " + SecretValue.class.getName());
    }
}
