/**
 * Reading and showing text: JSON, names, and what may stand in a message. No part of the API: the module does not
 * export it, and it may change with any release.
 *
 * <p>Everything here knows the JDK and the JSON parser only, and nothing of the rest of this library.
 */
package io.github.secretsource.text;
