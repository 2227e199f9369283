# Checks answers of the admin API against its OpenAPI document: the status is listed, and the body has exactly the
# declared members, each of its type. ScimTest::admin checks every answer.
package ScimShape;
use strict;
use warnings;
use JSON::PP ();

my $codec = JSON::PP->new->utf8->canonical->allow_nonref;

# $document: the OpenAPI document (scimctl openapi).
sub new {
    my ($class, $document) = @_;
    my @routes;
    for my $path (keys %{$document->{paths}}) {
        my $pattern = join '[^/?]+', map {quotemeta} split /\{[^}]+\}/, $path, -1;
        push @routes, { path => $path, pattern => qr/^$pattern(?:\?.*)?$/s, open => scalar(() = $path =~ /\{/g) };
    }
    # Paths with literal text come before those with parameters.
    @routes = sort { $a->{open} <=> $b->{open} || $a->{path} cmp $b->{path} } @routes;
    return bless { document => $document, routes => \@routes }, $class;
}

# The errors in an answer, as a list of sentences; `$path` is below the Location.
sub problems {
    my ($self, $method, $path, $res) = @_;
    my $operation = $self->_operation($method eq 'HEAD' ? 'get' : lc $method, $path) or return;
    my $name = $operation->{operationId};
    my $response = $operation->{responses}{ $res->{status} } or return "$name may not answer $res->{status}";
    my $content = $self->_follow($response)->{content};
    return if !$content || $method eq 'HEAD';
    my $given = ($res->{type} // '') =~ s/;.*//r;
    return () if $given ne 'application/json' && ($content->{$given}{schema}{type} // '') eq 'string';    # a file
    my ($type) = $content->{'application/json'} ? 'application/json' : keys %$content;
    return "$name answers $res->{status} with the type " . ($res->{type} // 'none') if ($res->{type} // '') ne $type;
    return map {"$name: $_"} $self->_wrong($content->{$type}{schema}, $res->{json}, 'the answer');
}

sub _operation {
    my ($self, $method, $path) = @_;
    for (@{$self->{routes}}) {
        my $operation = $self->{document}{paths}{ $_->{path} }{$method} or next;
        return $operation if $path =~ $_->{pattern};
    }
    return;
}

sub _follow {
    my ($self, $part) = @_;
    return $part unless $part->{'$ref'};
    my $at = $self->{document};
    $at = $at->{$_} // die "$part->{'$ref'} leads nowhere" for split m{/}, $part->{'$ref'} =~ s{^#/}{}r;
    return $at;
}

sub _type {
    my ($value) = @_;
    return 'null' unless defined $value;
    return ref $value eq 'HASH' ? 'object' : ref $value eq 'ARRAY' ? 'array' : 'boolean' if ref $value;
    my $text = $codec->encode($value);
    return $text =~ /^"/ ? 'string' : $text =~ /^-?\d+$/ ? 'integer' : 'number';
}

sub _wrong {
    my ($self, $schema, $value, $where) = @_;
    $schema = $self->_follow($schema);
    my $type  = _type($value);
    my @types = ref $schema->{type} ? @{$schema->{type}} : $schema->{type};
    return "$where is of type $type instead of @types" unless grep { $_ eq $type } @types;
    return "$where is no time" if ($schema->{format} // '') eq 'date-time' && defined $value
        && $value !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
    my $n = 0;
    return map { $self->_wrong($schema->{items}, $_, "$where, item " . $n++) } @$value if $type eq 'array' && $schema->{items};
    my $members = $schema->{properties};
    return if $type ne 'object' || !$members;
    return (
        (map {"$where has no member $_"} grep { !exists $value->{$_} } @{$schema->{required} // []}),
        (map {"$where has the member $_, which is not declared"} grep { !$members->{$_} } sort keys %$value),
        map { $self->_wrong($members->{$_}, $value->{$_}, "$where, member $_") } grep { $members->{$_} } sort keys %$value,
    );
}

1;
